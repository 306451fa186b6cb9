/** The entry of the workflow bundle: its exports are the workflow types that a worker offers. */
export { intentWorkflow } from './intent-workflow';
export { dispatchWebhooks } from './dispatch-webhooks';
export { testWebhook } from './test-webhook';
export { verifyIntents } from './verify-intents';
export { webhookLane } from './webhook-lane';
