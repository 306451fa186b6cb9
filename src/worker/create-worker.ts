import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Pool } from 'pg';

import { createActivities } from '../activities';
import { INTENTS_TASK_QUEUE } from '../intent';
import { loadWorkflowBundle, payloadConverterPath } from '../bundle/bundle';
import { WORKER_LIMITS } from './limits';
import { UNHEARD_AUDIT_SINK } from './unheard-audit-sink';

export interface IntentWorkerOptions {
  connection: NativeConnection;
  namespace?: string;
  /** Default: `intents` */
  taskQueue?: string;
  /** Of the engine's role. */
  pool: Pool;
  /** Prebuilt workflow code; default: the build's. */
  workflowBundle?: WorkerOptions['workflowBundle'];
  /** Anything else, for operators who tune. */
  overrides?: Partial<WorkerOptions>;
}

/**
 * A Temporal worker for intents. Several may share one process; call `run()` on each.
 *
 * @example
 * const worker = await createIntentWorker({ connection: await NativeConnection.connect(), pool });
 * await worker.run();
 */
export async function createIntentWorker({
  connection,
  namespace = 'default',
  taskQueue = INTENTS_TASK_QUEUE,
  pool,
  workflowBundle,
  overrides = {},
}: IntentWorkerOptions): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: workflowBundle ?? (await loadWorkflowBundle()),
    dataConverter: { payloadConverterPath },
    activities: createActivities(pool),
    shutdownGraceTime: WORKER_LIMITS.drainMs,
    ...overrides,
    sinks: { ...UNHEARD_AUDIT_SINK, ...overrides.sinks },
  });
}
