import { NativeConnection, Worker } from '@temporalio/worker';

import type { Order } from '../../src/workflows/drivers/order';
import { fromEnvironment } from './intent-environment';

export type AppActivities = Record<string, (order: Order) => Promise<unknown>>;

/** A worker as an app has it, with activities that graphs name. Returns what stops it. */
export async function startAppWorker(
  taskQueue: string,
  activities: AppActivities,
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: fromEnvironment('TEST_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({ connection, taskQueue, activities });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}
