import { NativeConnection, Worker } from '@temporalio/worker';

import { fromEnvironment } from './intent-environment';

/** Cancellations are told in answer to heartbeats, which a worker holds back for this long. */
const HEARTBEAT_MS = 100;

/**
 * A worker of an app, as anybody writes it: plain Temporal, and nothing of this engine. It runs in this process, until
 * the function returned is called.
 */
export async function startAppWorker(taskQueue: string, activities: object): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: fromEnvironment('TEST_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities,
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_MS,
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}
