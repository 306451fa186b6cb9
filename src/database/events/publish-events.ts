import { setTimeout as sleep } from 'node:timers/promises';

import type { Queryable } from '../queryable';

/**
 * Gives positions to the events of an organization that have none yet.
 *
 * @param most events at most, in one transaction
 * @returns the position of the last event; `undefined` while another session does the same
 */
export async function publishEvents(
  database: Queryable,
  organizationId: string,
  most: number,
): Promise<number | undefined> {
  const { rows } = await database.query<{ last: string | null }>({
    name: 'publish_events',
    text: 'SELECT intent_publish_events($1, $2) AS last',
    values: [organizationId, most],
  });
  const last = rows[0]?.last ?? null;
  return last === null ? undefined : Number(last);
}

/**
 * Gives positions to all events of an organization that have none yet, however many there are. Another session that does the
 * same is waited for.
 *
 * @param most events at most, in one transaction
 * @param pauseMs between two looks while another session is at it, milliseconds
 * @returns the position of the last event
 * @throws the signal's reason
 */
export async function publishAllEvents(
  database: Queryable,
  organizationId: string,
  { most, pauseMs, signal }: { most: number; pauseMs: number; signal?: AbortSignal },
): Promise<number> {
  for (let before: number | undefined; ;) {
    const last = await publishEvents(database, organizationId, most);
    // A look that took fewer than it might has left nothing over.
    if (last !== undefined && before !== undefined && last - before < most) return last;
    if (last === undefined) await sleep(pauseMs, undefined, signal && { signal });
    signal?.throwIfAborted();
    before = last;
  }
}
