import { setTimeout as sleep } from 'node:timers/promises';

import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';

import { readEvent } from '../database/events/read-events';
import { isUnavailable } from '../database/is-unavailable';
import { recordDeadLetter as record } from '../database/webhooks/dead-letters';
import { disableWebhook } from '../database/webhooks/disable-webhook';
import { readTarget } from '../database/webhooks/read-target';
import { messageOf, testMessage } from '../webhooks/message';
import { postMessage, type Posted } from '../webhooks/post-message';
import type { ReceiverRules } from '../webhooks/receiver-rules';
import {
  FAILURE_TYPES,
  type DeadLetterRequest,
  type DeliveredWebhook,
  type DeliverWebhookRequest,
  type FailedAttempt,
  type TestedWebhook,
  type TestWebhookRequest,
} from '../workflows/activities';
import { ACTIVITY_LIMITS } from './limits';

/** HTTP: it is wanted no more. */
const GONE = 410;

/** Sends an event to a webhook once. An attempt that fails says when the next one is due. */
export async function deliverWebhook(
  pool: Pool,
  rules: ReceiverRules,
  { webhookId, retryMs, ...event }: DeliverWebhookRequest,
): Promise<DeliveredWebhook> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), ACTIVITY_LIMITS.heartbeatMs);
  try {
    const target = await oncePostgresIsThere(context, () => readTarget(pool, webhookId));
    if (target === undefined) return { result: 'disabled' };
    const found = await oncePostgresIsThere(context, () => readEvent(pool, event));
    if (found.transition === null && found.vote === null) return { result: 'missing' };

    const posted = await postMessage(target, messageOf(webhookId, found), rules);
    if (posted.problem === undefined) return { result: 'delivered', ...statusOf(posted) };
    if (posted.status === GONE) {
      await oncePostgresIsThere(context, () => disableWebhook(pool, webhookId));
      return { result: 'disabled', ...statusOf(posted) };
    }
    throw failure(posted, posted.problem, context.info.attempt, retryMs);
  } finally {
    clearInterval(beat);
  }
}

/** Sends a message that tells nothing. Whatever comes of it is an answer, also 410: it disables nothing. */
export async function testWebhook(
  pool: Pool,
  rules: ReceiverRules,
  { webhookId }: TestWebhookRequest,
): Promise<TestedWebhook> {
  const { info } = Context.current();
  const target = await readTarget(pool, webhookId);
  if (target === undefined) {
    return { delivered: false, status: null, problem: 'The webhook is disabled', response: null };
  }
  const message = testMessage(webhookId, info.workflowExecution?.runId ?? '', new Date());
  const { status, problem, response } = await postMessage(target, message, rules);
  return { delivered: problem === undefined, status, problem: problem ?? null, response };
}

/** Keeps an event that no attempt could deliver. */
export async function recordDeadLetter(pool: Pool, request: DeadLetterRequest): Promise<void> {
  const { webhookId, organizationId, firstAttemptedAt, lastAttemptedAt, ...event } = request;
  await record(pool, { id: webhookId, organizationId }, event, {
    ...event,
    firstAttemptedAt: new Date(firstAttemptedAt),
    lastAttemptedAt: new Date(lastAttemptedAt),
  });
}

function statusOf({ status }: Posted): { status?: number } {
  return status === null ? {} : { status };
}

/** A little earlier or later than the pause says, so that what failed together does not come again together. */
function failure(
  { status, response }: Posted,
  error: string,
  attempt: number,
  retryMs: readonly number[],
): ApplicationFailure {
  const pause = retryMs[attempt - 1] ?? 0;
  const spread = 1 + ACTIVITY_LIMITS.retrySpread * (2 * Math.random() - 1);
  const failed: FailedAttempt = { attempt, status, error, response };
  return ApplicationFailure.create({
    message: error,
    type: FAILURE_TYPES.notDelivered,
    details: [failed],
    nextRetryDelay: Math.round(pause * spread),
  });
}

/** That Postgres is away is no fault of the receiver, so it takes none of its attempts, for as long as one may last. */
async function oncePostgresIsThere<T>(
  { cancellationSignal: signal }: Context,
  ask: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + ACTIVITY_LIMITS.postgresMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error) || Date.now() > until) throw error;
      await sleep(ACTIVITY_LIMITS.webhooksPauseMs, undefined, { signal });
    }
  }
}
