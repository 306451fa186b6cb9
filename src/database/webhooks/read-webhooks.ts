import type { Queryable } from '../queryable';
import { WEBHOOK_COLUMNS, type Webhook } from './webhook';

/** Webhooks of an organization that are not deleted, oldest first. */
export async function readWebhooks(database: Queryable, organizationId: string): Promise<Webhook[]> {
  const { rows } = await database.query<Webhook>(
    `SELECT ${WEBHOOK_COLUMNS} FROM intent_webhooks
      WHERE organization_id = $1 AND disabled_because IS DISTINCT FROM 'deleted'
      ORDER BY created_at, id`,
    [organizationId],
  );
  return rows;
}

/** `undefined` when the organization has no such webhook, or had it. */
export async function readWebhook(
  database: Queryable,
  organizationId: string,
  id: string,
): Promise<Webhook | undefined> {
  const { rows } = await database.query<Webhook>(
    `SELECT ${WEBHOOK_COLUMNS} FROM intent_webhooks
      WHERE organization_id = $1 AND id = $2 AND disabled_because IS DISTINCT FROM 'deleted'`,
    [organizationId, id],
  );
  return rows[0];
}
