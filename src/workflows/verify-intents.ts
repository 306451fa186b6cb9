import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';

import type { OperationsActivities, VerificationResult } from './activities';

const { verifyIntents: verify } = proxyActivities<OperationsActivities>({
  startToCloseTimeout: '12h',
  // A worker that was killed is missed after this long, and another goes on.
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  // A quarter of an hour, if each fails at once.
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 20 },
});

const { recordFailedVerification } = proxyActivities<OperationsActivities>({
  startToCloseTimeout: '30s',
  // While Postgres is away nothing can be verified either, so there is no hurry to give up.
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Verifies all intents, as `intent verify --fast` does. Each run leaves one row in `intent_verifications`, also one that
 * could not be finished or was cancelled: what was not checked must not be taken for clean.
 */
export async function verifyIntents(): Promise<VerificationResult> {
  try {
    return await verify();
  } catch (error) {
    const startedAt = workflowInfo().startTime.toISOString();
    const failed = { startedAt, failure: reasonOf(error) };
    await CancellationScope.nonCancellable(() => recordFailedVerification(failed));
    throw error;
  }
}

/** What the activity said; without a cause, what Temporal says of it. */
function reasonOf(error: unknown): string {
  if (isCancellation(error)) return 'It was cancelled';
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return (cause ?? (error as Error)).message;
}
