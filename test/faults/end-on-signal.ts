import { constants } from 'node:os';

import { killLeftovers } from '../setup/worker-process';
import { killServers } from './server-folder';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets this process end whenever it is told to, at once and together with all that it has started: what a run has is not
 * worth a stop in order, which would wait for servers that are frozen or cut off at that moment. An error that nobody
 * expected ends them too.
 *
 * @param commands aborted then: builds and the like, which are no servers
 * @param lastLine of the output
 */
export function endOnSignal(commands: AbortController, lastLine: (signal: string) => string): void {
  const killAll = (): void => {
    killLeftovers();
    killServers();
  };
  process.once('exit', killAll);
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      commands.abort(new Error(signal));
      killAll();
      process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}${lastLine(signal)}\n`);
      process.exit(128 + constants.signals[signal]);
    });
  }
}
