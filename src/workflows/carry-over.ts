import { carryState, type CarriedState, type Decision, type Intent } from '../intent';
import type { CarriedStay } from './drive';
import type { Recorded } from './record';

/** An intent between two runs: the second argument of the workflow. Plain JSON, versioned like a message. */
export interface CarriedIntent extends CarriedState {
  stay?: CarriedStay;
  recorded: Recorded;
  /** Decided, but not known to be in Postgres. */
  unrecorded: Decision[];
}

/** Packs all that the next run must know. */
export function carryOver(
  intent: Intent,
  recorded: Recorded,
  unrecorded: Decision[],
  stay: CarriedStay | undefined,
): CarriedIntent {
  return { ...carryState(intent), ...(stay !== undefined && { stay }), recorded, unrecorded };
}
