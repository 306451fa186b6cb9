import { z } from 'zod';

import type { DeadLetter } from '../../database/webhooks/dead-letters';
import type { EventKind, Webhook } from '../../database/webhooks/webhook';
import { isStorableText } from '../../intent';
import { WEBHOOK_LIMITS } from '../../webhooks/limits';
import { idInPath, state, time, uuid } from './values';

/** Types of messages, by the kind of the event. */
const TYPES = { transition: 'intent.transition', vote: 'intent.vote' } as const satisfies Record<
  EventKind,
  string
>;
const KINDS = { 'intent.transition': 'transition', 'intent.vote': 'vote' } as const;
const eventType = z.enum(['intent.transition', 'intent.vote']);

const text = (most: number) =>
  z.string().min(1).max(most).refine(isStorableText, { error: 'must have no NUL and no half characters' });

export const newWebhook = z.strictObject({
  url: text(WEBHOOK_LIMITS.urlLength).meta({
    description: 'Of the receiver: https, and an address of the internet',
    format: 'uri',
    pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
    examples: ['https://hooks.example.com/intents'],
  }),
  description: text(WEBHOOK_LIMITS.descriptionLength).optional(),
  events: z
    .array(eventType)
    .min(1)
    .optional()
    .meta({ description: 'Types of messages that it is sent; default: all' }),
  states: z
    .array(text(63))
    .min(1)
    .max(WEBHOOK_LIMITS.states)
    .optional()
    .meta({ description: 'Transitions into these states only; votes are sent all the same' }),
});

export const webhook = z
  .object({
    id: uuid,
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(eventType).nullable().meta({ description: 'null: all' }),
    states: z.array(state).nullable().meta({ description: 'null: all' }),
    startPosition: z.int().meta({ description: 'It is told of events after this one' }),
    position: z.int().meta({ description: 'Events up to this one are handed on to be delivered' }),
    createdBy: z.string(),
    createdAt: time,
    disabledAt: time.nullable().meta({ description: 'Since the receiver answered 410 Gone' }),
  })
  .meta({ id: 'Webhook' });

export const secret = z.string().meta({
  description: 'What messages are signed with, by Standard Webhooks. It is shown here, and never again',
  examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
});

export const webhookPath = idInPath('webhook');

export const deadLetter = z
  .object({
    position: z.int().meta({ description: 'Among the events of the organization' }),
    intentId: uuid,
    event: eventType,
    row: z.int().meta({ description: 'Sequence of the transition, or number of the vote' }),
    attempts: z.int(),
    status: z.int().nullable().meta({ description: 'HTTP status of the last answer; null: there was none' }),
    error: z.string(),
    response: z.string().nullable().meta({ description: 'How the body of the last answer begins' }),
    firstAttemptedAt: time,
    lastAttemptedAt: time,
    replayedAt: time.nullable().meta({ description: 'When it was handed on to be delivered once more' }),
  })
  .meta({ id: 'DeadLetter' });

/** Kinds of events by the types that a body names; `null`: all. */
export function kindsOf(types: readonly z.output<typeof eventType>[] | undefined): EventKind[] | null {
  return types === undefined ? null : [...new Set(types.map((type) => KINDS[type]))];
}

export function answerOfWebhook(row: Webhook): z.output<typeof webhook> {
  const { id, url, description, kinds, states, startPosition, position, createdBy } = row;
  return {
    ...{ id, url, description, states, startPosition, position, createdBy },
    events: kinds?.map((kind) => TYPES[kind]) ?? null,
    createdAt: row.createdAt.toISOString(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
  };
}

export function answerOfDeadLetter({ kind, ...row }: DeadLetter): z.output<typeof deadLetter> {
  return {
    ...row,
    event: TYPES[kind],
    firstAttemptedAt: row.firstAttemptedAt.toISOString(),
    lastAttemptedAt: row.lastAttemptedAt.toISOString(),
    replayedAt: row.replayedAt?.toISOString() ?? null,
  };
}
