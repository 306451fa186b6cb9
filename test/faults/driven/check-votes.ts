import { approvalOf } from '../../../src/graph';
import { versionOf } from './graphs';
import { staysOf } from './stays';
import type { CountedVote, DrivenIntent, Move } from './trail';

/** What is wrong with the votes of an intent, and with the moves that they led to. */
export function checkVotes(intent: DrivenIntent): string[] {
  const states = new Map(staysOf(intent).map(({ entry, state }) => [entry, state]));
  const expired = new Set<number>();
  const problems: string[] = [];
  for (const [index, vote] of intent.votes.entries()) {
    const row = `intent ${intent.id}, vote ${vote.number}`;
    if (vote.number !== index + 1) problems.push(`${row}: it is number ${index + 1}`);
    if (states.get(vote.entry) !== vote.fromState) {
      problems.push(`${row}: no stay in ${vote.fromState} began with row ${vote.entry}`);
    }
    if (vote.kind === 'expired') problems.push(...checkExpiry(row, intent.votes, vote, expired));
  }
  const approvals = intent.moves.filter(({ kind }) => kind === 'approval');
  return [...problems, ...approvals.flatMap((move) => checkApproval(intent, move, expired))];
}

/** @param expired numbers of votes that have expired before */
function checkExpiry(
  row: string,
  votes: readonly CountedVote[],
  { number, expires, entry }: CountedVote,
  expired: Set<number>,
): string[] {
  if (expires === null) return [`${row}: it does not say what has expired`];
  if (expired.has(expires)) return [`${row}: vote ${expires} had expired already`];
  expired.add(expires);
  const cast = votes.find((vote) => vote.kind === 'cast' && vote.number === expires);
  if (cast !== undefined && cast.number < number && cast.entry === entry) return [];
  return [`${row}: there was no vote ${expires} in that stay`];
}

/** The votes that the edge needs, of that stay, none of which had expired; the last of them is the request that moved it. */
function checkApproval({ id, moves, votes }: DrivenIntent, move: Move, expired: Set<number>): string[] {
  const row = `intent ${id}, row ${move.sequence}`;
  const listed = (move.metadata?.['votes'] ?? []) as { number: number }[];
  const needed = approvalOf(versionOf(move.graphVersion), move.previousState ?? '', move.newState)?.count;
  if (listed.length !== needed)
    return [`${row}: it has ${listed.length} votes, and the edge needs ${needed}`];
  const counted = listed.map(({ number }) => votes.find((vote) => vote.number === number));
  const last = counted.at(-1);
  const entry = entryBefore(moves, move);
  return [
    ...(last?.requestId === move.requestId ? [] : [`${row}: the last vote is not that of its request`]),
    ...counted.flatMap((vote, index) =>
      vote?.kind === 'cast' && vote.entry === entry && !expired.has(vote.number)
        ? []
        : [`${row}: vote ${listed[index]?.number} does not count`],
    ),
  ];
}

function entryBefore(moves: readonly Move[], move: Move): number | undefined {
  const before = moves.filter(({ sequence }) => sequence < move.sequence);
  return staysOf({ moves: before }).at(-1)?.entry;
}
