import type { Queryable } from '../queryable';

/**
 * Has events after a position delivered again. The round says that they are to be, whatever was delivered before.
 *
 * @returns the position that it goes on from: a webhook is not told of what was before it
 */
export async function replayAfter(
  client: Queryable,
  organizationId: string,
  id: string,
  after: number,
): Promise<number> {
  const { rows } = await client.query<{ position: number }>(
    `UPDATE intent_webhooks SET position = least(position, greatest($3, start_position)), round = round + 1
      WHERE organization_id = $1 AND id = $2 RETURNING position::float8 AS position`,
    [organizationId, id, after],
  );
  return (rows[0] as { position: number }).position;
}

/**
 * Has every dead letter that was not replayed delivered once more.
 *
 * @returns how many there are
 */
export async function replayDeadLetters(
  client: Queryable,
  organizationId: string,
  id: string,
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE intent_webhook_dead_letters SET replay_requested_at = clock_timestamp()
      WHERE organization_id = $1 AND webhook_id = $2 AND replayed_at IS NULL`,
    [organizationId, id],
  );
  return rowCount ?? 0;
}
