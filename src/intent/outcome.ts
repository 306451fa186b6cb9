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

/** The request is a vote that counts, and others are missing. There is a vote row with this `requestId`. */
export interface VotedOutcome {
  status: 'voted';
  requestId: string;
  /** State that was voted for. */
  to: string;
  /** How many votes counted for it then, this one included. */
  votes: number;
  needed: number;
  /** State of the intent when the vote was judged. */
  state: string;
}

/** What became of a request that is no vote. */
export type MoveOutcome = AppliedOutcome | RejectedOutcome;

/** What became of one request. */
export type Outcome = AppliedOutcome | RejectedOutcome | VotedOutcome;
