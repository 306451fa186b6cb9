import { approvalOf } from '../graph';
import { votesFor } from './decide-approval';
import type { DecidedVote } from './decision';
import type { Intent } from './intent';
import { LIMITS } from './limits';
import type { Json, Metadata } from './metadata';
import { ENGINE_REQUEST_ID_PREFIX } from './names';
import { jsonBytes } from './text';
import type { OpenVote, Vote } from './vote';

/** What is said of a vote that was counted. */
interface Counted {
  vote: OpenVote;
  votes: number;
  needed: number;
}

/** The row of a vote: with its whole reason, and the metadata of its request. */
export function toVote(
  intent: Intent,
  { reason, metadata }: { reason?: string | undefined; metadata?: Metadata | undefined },
  { vote, votes, needed }: Counted,
): Vote {
  const { number, requestId, to, role, actor, onBehalfOf, votedAt } = vote;
  return {
    number,
    kind: 'cast',
    requestId,
    entry: intent.entry,
    fromState: intent.state,
    toState: to,
    graphVersion: intent.graph.version,
    role,
    actor,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(reason !== undefined && { reason }),
    ...(metadata !== undefined && { metadata }),
    votedAt,
    votes,
    needed,
  };
}

/** That a vote no longer counts, which is a row of its own: the vote's row stays as it is. */
export function toExpiry(intent: Intent, { number, to, role }: OpenVote, at: string): DecidedVote {
  const { graph, state, entry } = intent;
  const requestId = `${ENGINE_REQUEST_ID_PREFIX}expiry:${number}`;
  return {
    status: 'voted',
    requestId,
    vote: {
      number: intent.votes + 1,
      kind: 'expired',
      requestId,
      entry,
      fromState: state,
      toState: to,
      graphVersion: graph.version,
      role,
      expires: number,
      votedAt: at,
      votes: votesFor(intent.openVotes, to).length - 1,
      needed: approvalOf(graph, state, to)?.count ?? 0,
    },
  };
}

/**
 * What the row of the transition keeps: its votes, and what the last of them attached, if there is room for both. In any
 * case that stands in the row of the vote.
 */
export function metadataWithVotes(
  own: Metadata | undefined,
  { counted, vote }: { counted: readonly OpenVote[]; vote: OpenVote },
): Metadata {
  const votes = [...counted, vote].map(({ to: _to, expiresAt: _expiresAt, ...kept }): Json => kept);
  const whole = { ...own, votes };
  return jsonBytes(whole) <= LIMITS.metadataBytes ? whole : { votes };
}
