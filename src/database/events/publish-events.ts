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
