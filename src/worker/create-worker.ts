import type { Logger } from '@temporalio/common';
import { type NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Pool } from 'pg';

import { createActivities } from '../activities';
import { RecordingTelemetry } from '../activities/recording-telemetry';
import { INTENTS_TASK_QUEUE } from '../intent';
import { loadWorkflowBundle, payloadConverterPath } from '../bundle/bundle';
import { WORKER_LIMITS } from './limits';
import { UNHEARD_AUDIT_SINK } from './unheard-audit-sink';
import { versionOptions, type WorkerVersion } from './worker-version';

export interface IntentWorkerOptions {
  connection: NativeConnection;
  namespace?: string;
  /** Default: `intents` */
  taskQueue?: string;
  /** Of the engine's role. */
  pool: Pool;
  /** Prebuilt workflow code; default: the build's. */
  workflowBundle?: WorkerOptions['workflowBundle'];
  /** For rolling deployments; default: Temporal knows the worker's code by the digest of its bundle alone. */
  version?: WorkerVersion;
  /** That it works on at the same time; default: see {@link WORKER_LIMITS}. */
  workflowTasks?: number;
  /** Gets a line for each transition that is recorded; default: the logger of Temporal's runtime. */
  logger?: Logger;
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
  version,
  workflowTasks = WORKER_LIMITS.workflowTasks,
  logger = Runtime.instance().logger,
  overrides = {},
}: IntentWorkerOptions): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: workflowBundle ?? (await loadWorkflowBundle()),
    dataConverter: { payloadConverterPath },
    activities: createActivities(pool, new RecordingTelemetry(Runtime.instance().metricMeter, logger)),
    shutdownGraceTime: WORKER_LIMITS.drainMs,
    maxConcurrentWorkflowTaskExecutions: workflowTasks,
    ...(version && versionOptions(version)),
    ...overrides,
    sinks: { ...UNHEARD_AUDIT_SINK, ...overrides.sinks },
  });
}
