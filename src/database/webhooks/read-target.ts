import type { Queryable } from '../queryable';

/** Where to send a message to, and what to sign it with. */
export interface WebhookTarget {
  url: string;
  /** Newest first: the one before signs too for a day. */
  secrets: string[];
}

/** @returns `undefined` when it is to be told of nothing more */
export async function readTarget(database: Queryable, webhookId: string): Promise<WebhookTarget | undefined> {
  const { rows } = await database.query<WebhookTarget>({
    name: 'read_webhook_target',
    text: `SELECT w.url, ARRAY(SELECT s.secret FROM intent_webhook_secrets s
                                WHERE s.webhook_id = w.id AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())
                                ORDER BY s.created_at DESC) AS secrets
             FROM intent_webhooks w WHERE w.id = $1 AND w.disabled_at IS NULL`,
    values: [webhookId],
  });
  return rows[0];
}
