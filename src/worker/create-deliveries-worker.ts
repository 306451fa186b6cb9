import { Worker } from '@temporalio/worker';

import { createOperationsActivities } from '../activities';
import { ACTIVITY_LIMITS } from '../activities/limits';
import { deliveriesTaskQueue } from '../intent';
import type { IntentWorkerOptions } from './create-worker';
import { WORKER_LIMITS } from './limits';
import { versionOptions } from './worker-version';

/**
 * A Temporal worker for the deliveries of webhooks, which go by the side of the {@link createOperationsWorker} that hands
 * them on.
 *
 * @example
 * const worker = await createDeliveriesWorker({ connection: await NativeConnection.connect(), pool });
 * await worker.run();
 */
export async function createDeliveriesWorker({
  connection,
  namespace = 'default',
  taskQueue = deliveriesTaskQueue(),
  pool,
  version,
  overrides = {},
}: Omit<IntentWorkerOptions, 'workflowBundle' | 'workflowTasks'>): Promise<Worker> {
  const { deliverWebhook } = createOperationsActivities(pool);
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: { deliverWebhook },
    maxConcurrentActivityTaskExecutions: WORKER_LIMITS.deliveries,
    maxHeartbeatThrottleInterval: ACTIVITY_LIMITS.heartbeatMs,
    ...(version && versionOptions(version)),
    ...overrides,
  });
}
