import type { Queryable } from '../database/queryable';
import { readWebhook } from '../database/webhooks/read-webhooks';
import type { Webhook } from '../database/webhooks/webhook';
import { Problem } from './problem';

/** @throws Problem WEBHOOK_NOT_FOUND: for one of another organization the same as for none */
export async function findWebhook(client: Queryable, organizationId: string, id: string): Promise<Webhook> {
  const webhook = await readWebhook(client, organizationId, id);
  if (webhook === undefined) throw new Problem('WEBHOOK_NOT_FOUND', `There is no webhook ${id}.`);
  return webhook;
}

/** @throws Problem WEBHOOK_NOT_FOUND, WEBHOOK_DISABLED */
export async function findEnabledWebhook(
  client: Queryable,
  organizationId: string,
  id: string,
): Promise<Webhook> {
  const webhook = await findWebhook(client, organizationId, id);
  if (webhook.disabledAt === null) return webhook;
  throw new Problem(
    'WEBHOOK_DISABLED',
    `The receiver of webhook ${id} answered 410 Gone, and is told of nothing since. Make another one.`,
  );
}
