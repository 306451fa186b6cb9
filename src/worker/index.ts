/** For apps that run intents in a worker process of their own. */
export { createIntentWorker, type IntentWorkerOptions } from './create-worker';
export { createDeliveriesWorker } from './create-deliveries-worker';
export { createOperationsWorker } from './create-operations-worker';
export { startWebhooks } from './start-webhooks';
export { ensureSearchAttribute } from './search-attribute';
export { versionFromEnvironment, type WorkerVersion } from './worker-version';
export { checkGraphs, checkMigrations, StartupCheckError, type ExpectedGraph } from './startup-checks';
