import type { SmokeCheck, SmokeContext } from '../smoke/smoke';

/** What `intent rollback-check` was asked, beside what a smoke is. */
interface RollbackContext extends SmokeContext {
  /** Build that a worker must be of. */
  buildId?: string | undefined;
  /** Running intents to look at. */
  sample: number;
  /** Verify all intents, and not the sample alone. */
  all: boolean;
  /** What `intent smoke --json` has written before. */
  baseline?: string | undefined;
  /** How many times as long as then transitions may take. */
  maxSlowdown: number;
}

export type RollbackCheck = SmokeCheck<RollbackContext>;
