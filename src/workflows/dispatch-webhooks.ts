import { ActivityCancellationType, continueAsNew, proxyActivities } from '@temporalio/workflow';

import type { DispatchWebhooksRequest, OperationsActivities } from './activities';
import { WORKFLOW_LIMITS } from './limits';

const { dispatchWebhooks: dispatch } = proxyActivities<OperationsActivities>({
  startToCloseTimeout: WORKFLOW_LIMITS.dispatchMs,
  heartbeatTimeout: WORKFLOW_LIMITS.webhookHeartbeatMs,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: WORKFLOW_LIMITS.verifyRetryMs,
    maximumInterval: WORKFLOW_LIMITS.longestVerifyRetryMs,
  },
});

/**
 * Hands what has happened on to the webhooks, for ever, by one activity after another. Only one of it runs in a namespace,
 * whatever the number of workers, and how far it has come is in Postgres: any worker may go on.
 */
export async function dispatchWebhooks(request: DispatchWebhooksRequest = {}): Promise<void> {
  await dispatch(request);
  await continueAsNew<typeof dispatchWebhooks>(request);
}
