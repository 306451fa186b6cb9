import type { Queryable } from '../queryable';
import { WEBHOOK_COLUMNS, type EventKind, type Webhook } from './webhook';

export interface NewWebhook {
  organizationId: string;
  url: string;
  description?: string | null | undefined;
  kinds?: readonly EventKind[] | null | undefined;
  states?: readonly string[] | null | undefined;
  /** Of the organization's events; it is told of later ones. */
  startPosition: number;
  createdBy: string;
  /** In the form of Standard Webhooks: `whsec_` and base64. */
  secret: string;
}

/**
 * Makes a webhook, unless the organization has as many as it may.
 *
 * @param client in a transaction of the organization
 * @returns `undefined` when there are too many
 */
export async function createWebhook(
  client: Queryable,
  wanted: NewWebhook,
  most: number,
): Promise<Webhook | undefined> {
  // Two at the same time must not both be the last one.
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('intent_webhooks ' || $1, 0))`, [
    wanted.organizationId,
  ]);
  const { rows } = await client.query<Webhook>(
    `INSERT INTO intent_webhooks (organization_id, url, description, kinds, states, start_position, position, created_by)
     SELECT $1, $2, $3, $4, $5, $6, $6, $7
      WHERE (SELECT count(*) FROM intent_webhooks WHERE organization_id = $1 AND disabled_at IS NULL) < $8
     RETURNING ${WEBHOOK_COLUMNS}`,
    [
      wanted.organizationId,
      wanted.url,
      wanted.description ?? null,
      wanted.kinds ?? null,
      wanted.states ?? null,
      wanted.startPosition,
      wanted.createdBy,
      most,
    ],
  );
  const webhook = rows[0];
  if (webhook !== undefined) await insertSecret(client, webhook, wanted.secret);
  return webhook;
}

export async function insertSecret(
  client: Queryable,
  { id, organizationId }: Pick<Webhook, 'id' | 'organizationId'>,
  secret: string,
): Promise<void> {
  await client.query(
    'INSERT INTO intent_webhook_secrets (webhook_id, organization_id, secret) VALUES ($1, $2, $3)',
    [id, organizationId, secret],
  );
}
