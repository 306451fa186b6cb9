import { setTimeout as sleep } from 'node:timers/promises';

import { Context } from '@temporalio/activity';
import type { Pool } from 'pg';

import { publishAllEvents, publishEvents } from '../database/events/publish-events';
import { readEvents, type EventName, type IntentEvent } from '../database/events/read-events';
import { noteReplayed, readRequestedDeadLetters } from '../database/webhooks/dead-letters';
import {
  advanceWebhook,
  readDispatchedWebhooks,
  readUnpublishedOrganizations,
  type DispatchedWebhook,
} from '../database/webhooks/dispatch';
import { DELIVER_SIGNAL, WEBHOOK_LANE_WORKFLOW_TYPE, webhookLaneId } from '../intent';
import type { DispatchWebhooksRequest, LaneItem } from '../workflows/activities';
import { ACTIVITY_LIMITS } from './limits';
import { messageOf } from './failures';

const { dispatchRunMs, eventsPerLook, heartbeatMs, publishAllMs, webhooksPauseMs } = ACTIVITY_LIMITS;

/**
 * Hands events on to the lanes of their webhooks, in order. How far it has come is noted only when the lanes have them, so
 * an event may be handed on twice, and none is left out.
 */
export async function dispatchWebhooks(pool: Pool, request: DispatchWebhooksRequest): Promise<void> {
  const context = Context.current();
  const { cancellationSignal: signal } = context;
  const until = Date.now() + dispatchRunMs;
  const beat = setInterval(() => context.heartbeat(), heartbeatMs);
  let publishAllAt = 0;
  try {
    while (!signal.aborted && Date.now() < until) {
      // What fails now, Postgres or Temporal being away say, is looked at again.
      await trying(context, 'looking for events', () => dispatchAll(pool, context, request));
      if (Date.now() >= publishAllAt) {
        // Else what nobody listens to would pile up where it waits for a position.
        await trying(context, 'publishing events', () => publishAll(pool, signal));
        publishAllAt = Date.now() + publishAllMs;
      }
      // The rejection is the signal's.
      await sleep(webhooksPauseMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    clearInterval(beat);
  }
  if (signal.aborted) await context.cancelled;
}

async function dispatchAll(pool: Pool, context: Context, request: DispatchWebhooksRequest): Promise<void> {
  const published = new Map<string, number | undefined>();
  for (const webhook of await readDispatchedWebhooks(pool)) {
    if (context.cancellationSignal.aborted) return;
    const { id, organizationId, unpublished } = webhook;
    if (unpublished && !published.has(organizationId)) {
      published.set(organizationId, await publishEvents(pool, organizationId, eventsPerLook));
    }
    const last = published.get(organizationId) ?? webhook.last;
    // One that can't be handed anything holds up no other.
    await trying(context, `handing events on to webhook ${id}`, async () => {
      if (webhook.deadLetters) await dispatchDeadLetters(pool, context, request, webhook);
      if (webhook.position < last) await dispatchEvents(pool, context, request, webhook);
    });
  }
}

async function publishAll(pool: Pool, signal: AbortSignal): Promise<void> {
  for (const organizationId of await readUnpublishedOrganizations(pool)) {
    await publishAllEvents(pool, organizationId, { most: eventsPerLook, pauseMs: webhooksPauseMs, signal });
  }
}

async function dispatchEvents(
  pool: Pool,
  context: Context,
  request: DispatchWebhooksRequest,
  webhook: DispatchedWebhook,
): Promise<void> {
  const { organizationId, position: after, round } = webhook;
  const events = await readEvents(pool, organizationId, { after, limit: eventsPerLook });
  const last = events.at(-1);
  if (last === undefined) return;
  const wanted = events.filter((event) => isWanted(webhook, event));
  await signalLanes(context, request, webhook, wanted, { round });
  await advanceWebhook(pool, webhook, last.position);
}

async function dispatchDeadLetters(
  pool: Pool,
  context: Context,
  request: DispatchWebhooksRequest,
  webhook: DispatchedWebhook,
): Promise<void> {
  const { id, round } = webhook;
  const letters = await readRequestedDeadLetters(pool, id, eventsPerLook);
  await signalLanes(context, request, webhook, letters, { round, again: true });
  await noteReplayed(
    pool,
    id,
    letters.map(({ position }) => position),
  );
}

/** A transition whose row is in an archive file tells nothing any more. */
function isWanted({ kinds, states }: DispatchedWebhook, { kind, transition, vote }: IntentEvent): boolean {
  if (transition === null && vote === null) return false;
  if (kinds !== null && !kinds.includes(kind)) return false;
  return states === null || transition === null || states.includes(transition.newState);
}

/** Starts the lanes that do not run. The events of one intent go in one signal: their order is that of the list. */
async function signalLanes(
  { client, info: { taskQueue } }: Context,
  { retryMs }: DispatchWebhooksRequest,
  { id: webhookId, organizationId }: DispatchedWebhook,
  events: readonly EventName[],
  how: Pick<LaneItem, 'round' | 'again'>,
): Promise<void> {
  const lanes = new Map<string, LaneItem[]>();
  for (const { intentId, kind, row, position } of events) {
    const items = lanes.get(intentId) ?? [];
    items.push({ kind, row, position, ...how });
    lanes.set(intentId, items);
  }
  const waiting = [...lanes];
  const signalSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [intentId, items] = next;
      await client.workflow.signalWithStart(WEBHOOK_LANE_WORKFLOW_TYPE, {
        workflowId: webhookLaneId(webhookId, intentId),
        taskQueue,
        args: [{ webhookId, organizationId, intentId, ...(retryMs === undefined ? {} : { retryMs }) }],
        signal: DELIVER_SIGNAL,
        signalArgs: [items],
      });
    }
  };
  await Promise.all(Array.from({ length: ACTIVITY_LIMITS.lanesAtOnce }, signalSome));
}

async function trying(
  { log, cancellationSignal }: Context,
  what: string,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!cancellationSignal.aborted) log.warn(`${what} failed, and is tried again: ${messageOf(error)}`);
  }
}
