import { createHmac, randomBytes } from 'node:crypto';

import { WEBHOOK_LIMITS } from './limits';

const PREFIX = 'whsec_';

/** A secret in the form of Standard Webhooks. */
export function newSecret(): string {
  return PREFIX + randomBytes(WEBHOOK_LIMITS.secretBytes).toString('base64');
}

/** What is sent, before it is signed. */
export interface Message {
  /** The same each time the same is sent, so that receivers can drop what they have. */
  id: string;
  body: string;
}

/** The headers of a message by Standard Webhooks: one signature for each secret. */
export function signedHeaders(
  { id, body }: Message,
  secrets: readonly string[],
  now: Date,
): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
