import type { Check } from '../check';
import type { Measured } from '../report';
import type { Servers } from '../servers';
import type { TestIntent } from './test-intent';

/** What `intent smoke` was asked, and what its checks share. Times are in milliseconds. */
export interface SmokeContext {
  servers: Servers;
  organizationId: string;
  /** The one that this run moves. */
  intent: TestIntent;
  workerLog?: string | undefined;
  /** The HTTP API of the deployment, where there is one. */
  api?: { url: string; key: string } | undefined;
  /** Test intents of others that are older than this were left. */
  leftoverMs: number;
  /** Transitions to measure. */
  transitions: number;
  measured?: Measured | undefined;
  signal?: AbortSignal | undefined;
}

export type SmokeCheck<Context extends SmokeContext = SmokeContext> = Check<Context>;

/** Of what moves the test intent, which goes one after another. */
export const INTENT_LANE = 'intent';
