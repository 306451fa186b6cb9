import type { Worker } from '@temporalio/worker';

/** Runs workers until they are told to stop. When one fails the others are drained, and its error is thrown. */
export async function runWorkers(workers: readonly Worker[]): Promise<void> {
  const running = workers.map((worker) => worker.run());
  try {
    await Promise.all(running);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(running);
  }
}
