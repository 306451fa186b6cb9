import type { Metadata } from './metadata';

/** A row of `workflow_transition_votes`: a vote that was cast, or that one no longer counts. Plain JSON. */
export interface Vote {
  /** Position among the intent's votes, from 1: with the intent's id it is the row's key. */
  number: number;
  kind: 'cast' | 'expired';
  requestId: string;
  /** Of the stay in the state that the vote counts for: sequence of the transition that led into it. */
  entry: number;
  fromState: string;
  toState: string;
  /** Version of the intent's graph that it was judged by. */
  graphVersion: number;
  role: string;
  actor?: string;
  onBehalfOf?: string;
  reason?: string;
  metadata?: Metadata;
  /** Number of the vote that no longer counts; of those that expired only. */
  expires?: number;
  /** ISO 8601, UTC. */
  votedAt: string;
  /** How many count for the edge after it, and how many the edge needs. */
  votes: number;
  needed: number;
}

/** A vote that counts while the intent stays in its state. Plain JSON, which continue-as-new carries. */
export interface OpenVote {
  number: number;
  to: string;
  actor: string;
  role: string;
  onBehalfOf?: string;
  /** Made short: all of it is in the vote's row. */
  reason?: string;
  votedAt: string;
  requestId: string;
  /** ISO 8601, UTC; left out where it counts without end. */
  expiresAt?: string;
}
