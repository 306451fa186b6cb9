import type { ProcessName } from './recorded-processes';
import type { ServerExit } from '../servers/server-process';

/** One process of the stack. */
export interface StackPart {
  name: ProcessName;
  exited: Promise<ServerExit>;
  stop(): Promise<void>;
}
