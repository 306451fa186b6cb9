import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';

import type { OperationsActivities, VerificationResult } from './activities';
import { WORKFLOW_LIMITS } from './limits';

const RETRY = {
  initialInterval: WORKFLOW_LIMITS.verifyRetryMs,
  maximumInterval: WORKFLOW_LIMITS.longestVerifyRetryMs,
} as const;

const { verifyIntents: verify } = proxyActivities<OperationsActivities>({
  startToCloseTimeout: WORKFLOW_LIMITS.verifyMs,
  heartbeatTimeout: WORKFLOW_LIMITS.verifyHeartbeatMs,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...RETRY, maximumAttempts: WORKFLOW_LIMITS.verifyAttempts },
});

const { recordFailedVerification } = proxyActivities<OperationsActivities>({
  startToCloseTimeout: WORKFLOW_LIMITS.noteFailureMs,
  scheduleToCloseTimeout: WORKFLOW_LIMITS.noteFailureInAllMs,
  retry: RETRY,
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
