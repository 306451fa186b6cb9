import type { Queryable } from '../queryable';

/** Notes that keys were used, at most once a minute each: what it says is to be right within a minute. */
export async function noteUse(database: Queryable, ids: readonly string[]): Promise<void> {
  await database.query({
    name: 'note_use',
    text: `UPDATE intent_api_keys SET last_used_at = clock_timestamp()
            WHERE id = ANY ($1) AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')`,
    values: [ids],
  });
}
