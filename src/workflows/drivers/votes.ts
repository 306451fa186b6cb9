import { condition } from '@temporalio/workflow';

import type { Intent, OpenVote } from '../../intent';

/**
 * Waits, by durable timers, until votes of the stay no longer count, and says which. When each is due stands with the
 * vote, so there is nothing else to carry into the next run. A pause does not stop it: votes are no deadline.
 *
 * @param expire told the number of each vote whose time is over; takes it off the open votes
 */
export async function driveVotes(intent: Intent, expire: (number: number) => void): Promise<undefined> {
  const { entry } = intent;
  while (intent.entry === entry) {
    const next = firstToExpire(intent);
    if (next?.expiresAt === undefined) {
      await condition(() => intent.entry !== entry || firstToExpire(intent) !== undefined);
      continue;
    }
    const waitMs = Date.parse(next.expiresAt) - Date.now();
    if (waitMs > 0) await condition(() => firstToExpire(intent) !== next, waitMs);
    else expire(next.number);
  }
  return undefined;
}

function firstToExpire({ openVotes }: Intent): OpenVote | undefined {
  let first: OpenVote | undefined;
  for (const vote of openVotes) {
    if (vote.expiresAt === undefined) continue;
    if (first?.expiresAt === undefined || vote.expiresAt < first.expiresAt) first = vote;
  }
  return first;
}
