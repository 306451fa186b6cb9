import { Worker } from '@temporalio/worker';

import { createOperationsActivities } from '../activities';
import { ACTIVITY_LIMITS } from '../activities/limits';
import { loadWorkflowBundle, payloadConverterPath } from '../bundle/bundle';
import { OPERATIONS_TASK_QUEUE } from '../intent';
import type { IntentWorkerOptions } from './create-worker';
import { WORKER_LIMITS } from './limits';
import { UNHEARD_AUDIT_SINK } from './unheard-audit-sink';
import { versionOptions } from './worker-version';

/**
 * A Temporal worker for operations: the verifications that a Schedule starts, and what hands events on to webhooks, once
 * {@link startWebhooks} has started it; {@link createDeliveriesWorker} delivers them. Give it a pool of its own, so that no
 * recording waits for a connection.
 *
 * @example
 * const worker = await createOperationsWorker({ connection: await NativeConnection.connect(), pool });
 * await worker.run();
 */
export async function createOperationsWorker({
  connection,
  namespace = 'default',
  taskQueue = OPERATIONS_TASK_QUEUE,
  pool,
  workflowBundle,
  version,
  overrides = {},
}: IntentWorkerOptions): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: workflowBundle ?? (await loadWorkflowBundle()),
    dataConverter: { payloadConverterPath },
    activities: createOperationsActivities(pool),
    maxConcurrentActivityTaskExecutions: WORKER_LIMITS.operations,
    maxHeartbeatThrottleInterval: ACTIVITY_LIMITS.heartbeatMs,
    // Small ones: a verification, and a lane for each intent of which a webhook is being told.
    maxCachedWorkflows: WORKER_LIMITS.cachedOperations,
    workflowThreadPoolSize: 1,
    ...(version && versionOptions(version)),
    ...overrides,
    sinks: { ...UNHEARD_AUDIT_SINK, ...overrides.sinks },
  });
}
