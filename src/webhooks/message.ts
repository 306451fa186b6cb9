import { createHash } from 'node:crypto';

import { eventData } from '../database/events/event-data';
import type { EventName, IntentEvent } from '../database/events/read-events';
import type { Message } from './sign';

/** The message that tells a webhook of an event. */
export function messageOf(webhookId: string, event: IntentEvent): Message {
  const { kind, transition, vote } = event;
  const happened = transition?.transitionedAt ?? vote?.votedAt ?? new Date();
  return {
    id: messageId(webhookId, event),
    body: bodyOf(`intent.${kind}`, happened, eventData(event)),
  };
}

/** A message that tells nothing, to see whether a receiver understands it. */
export function testMessage(webhookId: string, testId: string, now: Date): Message {
  return {
    id: idOf(webhookId, 'test', testId),
    body: bodyOf('intent.test', now, { type: 'test', webhookId }),
  };
}

/** By the row and not by the position, which is another one when Postgres was restored from a backup. */
function messageId(webhookId: string, { intentId, kind, row }: EventName): string {
  return idOf(webhookId, intentId, kind, String(row));
}

/** Without dots: they stand between the parts that are signed. */
function idOf(...parts: string[]): string {
  return `msg_${createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 32)}`;
}

function bodyOf(type: string, timestamp: Date, data: Record<string, unknown>): string {
  return JSON.stringify({ type, timestamp, data });
}
