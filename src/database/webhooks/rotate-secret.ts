import type { Queryable } from '../queryable';
import { insertSecret } from './create-webhook';
import type { Webhook } from './webhook';

/**
 * Gives a webhook another secret. The one before signs too for a while; those before it, no more: whoever rotates twice
 * wants the first one gone.
 *
 * @param client in a transaction of the organization
 * @returns until when the one before signs, too
 */
export async function rotateSecret(
  client: Queryable,
  webhook: Pick<Webhook, 'id' | 'organizationId'>,
  secret: string,
  overlapMs: number,
): Promise<Date> {
  const { id, organizationId } = webhook;
  // One rotation after another, else each would leave the other's secret as the present one.
  await client.query('SELECT FROM intent_webhooks WHERE organization_id = $1 AND id = $2 FOR UPDATE', [
    organizationId,
    id,
  ]);
  await client.query(
    `DELETE FROM intent_webhook_secrets
      WHERE organization_id = $1 AND webhook_id = $2 AND expires_at IS NOT NULL`,
    [organizationId, id],
  );
  const { rows } = await client.query<{ until: Date }>(
    `UPDATE intent_webhook_secrets SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE organization_id = $1 AND webhook_id = $2 RETURNING expires_at AS until`,
    [organizationId, id, overlapMs],
  );
  await insertSecret(client, webhook, secret);
  return (rows[0] as { until: Date }).until;
}
