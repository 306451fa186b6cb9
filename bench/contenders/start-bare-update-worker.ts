import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

import { BARE_UPDATE_TASK_QUEUE } from './bare-update';

/**
 * Starts the worker that the bare Update needs, as a process of its own; resolves once it polls.
 *
 * @returns `failed`, which rejects when it ends unasked, and what lets it drain.
 */
export async function startBareUpdateWorker(
  address: string,
  namespace: string,
): Promise<{ failed: Promise<never>; stop(): Promise<void> }> {
  const jiti = join(dirname(require.resolve('jiti/package.json')), 'lib', 'jiti-cli.mjs');
  const main = join(__dirname, 'bare-update-worker.ts');
  const child = fork(jiti, [main, address, namespace, BARE_UPDATE_TASK_QUEUE], {
    // A group of its own: Ctrl-C reaches only us, and nothing waits for a worker that is gone.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error('The worker of the bare Update has ended.');
  });
  failed.catch(() => undefined);
  await Promise.race([once(child, 'message'), failed]);
  return {
    failed,
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
