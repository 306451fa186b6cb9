import type { Outcome } from '../intent';

/** Where the client learns what became of a request: from Postgres, or from Temporal where there is no database. */
export interface Outcomes {
  /** The outcome as it stands; `undefined` when there is none yet. */
  find(intentId: string, requestId: string): Promise<Outcome | undefined>;
  /** Waits for it, at most `timeoutMs`; then `undefined`. */
  wait(intentId: string, requestId: string, timeoutMs: number): Promise<Outcome | undefined>;
}
