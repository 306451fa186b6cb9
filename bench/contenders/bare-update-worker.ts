import { join } from 'node:path';

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

/**
 * The worker of the bare Update, set up like the engine's: a process of its own and the SDK's defaults. Ends when the
 * benchmark does, however that happens.
 */
async function main([address, namespace, taskQueue]: string[]): Promise<void> {
  if (address === undefined || namespace === undefined || taskQueue === undefined) {
    throw new Error('Give an address, a namespace and a task queue.');
  }
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: join(__dirname, 'bare-update-workflow.ts'),
    // Never called: so that this worker, like the engine's, asks the server for activities too.
    activities: { unused: () => Promise.resolve() },
  });
  process.once('disconnect', () => worker.shutdown());
  const running = worker.run();
  process.send?.('ready');
  await running;
  await connection.close();
}

main(process.argv.slice(2)).then(
  // The runtime keeps the process alive after the worker has stopped.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
