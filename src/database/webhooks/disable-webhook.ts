import type { Queryable } from '../queryable';

/** What its receiver asks for by 410: it is told of nothing more. */
export async function disableWebhook(database: Queryable, id: string): Promise<void> {
  await database.query(
    `UPDATE intent_webhooks SET disabled_at = clock_timestamp(), disabled_because = 'gone'
      WHERE id = $1 AND disabled_at IS NULL`,
    [id],
  );
}

/**
 * Ends a webhook for its organization. Its row stays, for its dead letters; its secrets do not.
 *
 * @returns whether there was one
 */
export async function deleteWebhook(client: Queryable, organizationId: string, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE intent_webhooks
        SET disabled_at = coalesce(disabled_at, clock_timestamp()), disabled_because = 'deleted'
      WHERE organization_id = $1 AND id = $2 AND disabled_because IS DISTINCT FROM 'deleted'`,
    [organizationId, id],
  );
  await client.query('DELETE FROM intent_webhook_secrets WHERE organization_id = $1 AND webhook_id = $2', [
    organizationId,
    id,
  ]);
  return rowCount === 1;
}
