import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import { deliveriesTaskQueue } from '../intent';
import type {
  DeadLetterRequest,
  DeliveredWebhook,
  FailedAttempt,
  LaneItem,
  OperationsActivities,
} from './activities';
import { LaneQueue, type CarriedLane } from './lane-queue';
import { WORKFLOW_LIMITS } from './limits';
import { deliverSignal } from './messages';

/** Pauses between attempts, as Standard Webhooks has them. */
const RETRY_MS = [
  WORKFLOW_LIMITS.webhookRetry1Ms,
  WORKFLOW_LIMITS.webhookRetry2Ms,
  WORKFLOW_LIMITS.webhookRetry3Ms,
  WORKFLOW_LIMITS.webhookRetry4Ms,
  WORKFLOW_LIMITS.webhookRetry5Ms,
  WORKFLOW_LIMITS.webhookRetry6Ms,
  WORKFLOW_LIMITS.webhookRetry7Ms,
  WORKFLOW_LIMITS.webhookRetry8Ms,
  WORKFLOW_LIMITS.webhookRetry9Ms,
];

export interface WebhookLaneInput {
  webhookId: string;
  organizationId: string;
  intentId: string;
  /** Pauses between attempts, in milliseconds; default: those of Standard Webhooks. */
  retryMs?: number[];
}

/**
 * Delivers what happens to one intent to one webhook: one event after another, each until it is delivered or all attempts
 * are over. What can't be delivered is kept as a dead letter, and the next one follows. Ends when there is nothing more.
 */
export async function webhookLane(input: WebhookLaneInput, carried?: CarriedLane): Promise<void> {
  const queue = new LaneQueue(carried);
  setHandler(deliverSignal, (items) => queue.take(items));
  if (queue.next === undefined) await condition(() => queue.next !== undefined, WORKFLOW_LIMITS.laneIdleMs);

  for (let item = queue.next; item !== undefined; item = queue.next) {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (continueAsNewSuggested || historyLength > WORKFLOW_LIMITS.laneHistoryEvents) {
      await continueAsNew<typeof webhookLane>(input, queue.carried());
    }
    const { result } = await deliver(input, item);
    if (result === 'disabled') return;
    queue.shift();
  }
}

async function deliver(
  { webhookId, organizationId, intentId, retryMs = RETRY_MS }: WebhookLaneInput,
  { kind, row, position }: LaneItem,
): Promise<Pick<DeliveredWebhook, 'result'> | { result: 'dead' }> {
  const event = { webhookId, intentId, kind, row, position };
  const firstAttemptedAt = new Date().toISOString();
  try {
    return await attempting(retryMs, organizationId).deliverWebhook({ ...event, retryMs });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const lastAttemptedAt = new Date().toISOString();
    const failed = attemptOf(error, retryMs.length + 1);
    await recording.recordDeadLetter({
      ...event,
      organizationId,
      ...failed,
      firstAttemptedAt,
      lastAttemptedAt,
    });
    return { result: 'dead' };
  }
}

/**
 * The pause after an attempt is what the failure asks for; the policy's own is for a worker that dies on one. Organizations
 * take turns, on servers that can tell them apart.
 */
function attempting(
  retryMs: readonly number[],
  organizationId: string,
): Pick<OperationsActivities, 'deliverWebhook'> {
  return proxyActivities<OperationsActivities>({
    priority: { fairnessKey: organizationId },
    taskQueue: deliveriesTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: WORKFLOW_LIMITS.deliverMs,
    heartbeatTimeout: WORKFLOW_LIMITS.webhookHeartbeatMs,
    retry: {
      initialInterval: retryMs[0] ?? WORKFLOW_LIMITS.webhookRetry1Ms,
      backoffCoefficient: 1,
      maximumAttempts: retryMs.length + 1,
    },
  });
}

const recording = proxyActivities<OperationsActivities>({
  startToCloseTimeout: WORKFLOW_LIMITS.noteFailureMs,
  retry: {
    initialInterval: WORKFLOW_LIMITS.verifyRetryMs,
    maximumInterval: WORKFLOW_LIMITS.longestVerifyRetryMs,
  },
});

/** What the last attempt said; of one that died with its worker, what Temporal says. */
function attemptOf(
  { cause }: ActivityFailure,
  attempts: number,
): Pick<DeadLetterRequest, 'attempts' | 'status' | 'error' | 'response'> {
  const said =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as FailedAttempt | undefined) : undefined;
  if (said === undefined) return { attempts, status: null, error: cause?.message ?? '', response: null };
  const { attempt, status, error, response } = said;
  return { attempts: attempt, status, error, response };
}
