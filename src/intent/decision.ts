import type { Metadata } from './metadata';
import type { MoveKind } from './move-kinds';
import type { RejectionCode } from './rejection-codes';
import type { Vote } from './vote';

/**
 * A decision on its way into Postgres. Plain JSON: it crosses into activities and through continue-as-new.
 */
export interface DecidedTransition {
  status: 'applied';
  /** Left out for a transition that an app asked for. */
  kind?: Exclude<MoveKind, 'transition'>;
  sequence: number;
  requestId: string;
  previousState: string | null;
  newState: string;
  /** ISO 8601, UTC. What Postgres stored first is what counts, see the activity's result. */
  transitionedAt: string;
  /** Version of the intent's graph after it. Left out by versions before rows kept it. */
  graphVersion?: number;
  actor?: string;
  reason?: string;
  metadata?: Metadata;
  /** The vote that completed what the edge needs; stored with it, or neither is. */
  vote?: Vote;
}

export interface DecidedRejection {
  status: 'rejected';
  /** Position among the intent's rejections, from 1: with the intent's id it is the row's key. */
  number: number;
  requestId: string;
  code: RejectionCode;
  message: string;
  /** State of the intent when the request was judged. */
  state: string;
  rejectedAt: string;
  requestedState?: string;
  actor?: string;
  reason?: string;
}

/** A vote that moves nothing: others are missing, or it is said that one no longer counts. */
export interface DecidedVote {
  status: 'voted';
  requestId: string;
  vote: Vote;
}

export type Decision = DecidedTransition | DecidedRejection | DecidedVote;
