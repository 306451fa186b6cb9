/** The entry of the workflow bundle: its exports are the workflow types that a worker offers. */
export { intentWorkflow } from './intent-workflow';
export { verifyIntents } from './verify-intents';
