import type { RejectionCode } from './rejection-codes';

/** The request moved the intent. There is exactly one audit row with this `requestId`. */
export interface AppliedOutcome {
  status: 'applied';
  requestId: string;
  /** Position in the intent's audit trail, from 1 (the creation). */
  sequence: number;
  /** `null` for the creation only. */
  previousState: string | null;
  newState: string;
  /** ISO 8601, UTC, as Postgres stored it. */
  transitionedAt: string;
}

/** The request moved nothing. There is a rejection row with this `requestId`. */
export interface RejectedOutcome {
  status: 'rejected';
  requestId: string;
  code: RejectionCode;
  /** For people: what was wrong with the request and what to do. */
  message: string;
  /** State of the intent when the request was judged. */
  state: string;
}

/** What became of one request. */
export type Outcome = AppliedOutcome | RejectedOutcome;
