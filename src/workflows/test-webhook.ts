import { proxyActivities } from '@temporalio/workflow';

import type { OperationsActivities, TestedWebhook, TestWebhookRequest } from './activities';
import { WORKFLOW_LIMITS } from './limits';

const { testWebhook: test } = proxyActivities<OperationsActivities>({
  startToCloseTimeout: WORKFLOW_LIMITS.deliverMs,
  retry: { maximumAttempts: 1 },
});

/** Sends a webhook a message that tells nothing, once, and says what it answers. */
export async function testWebhook(request: TestWebhookRequest): Promise<TestedWebhook> {
  return test(request);
}
