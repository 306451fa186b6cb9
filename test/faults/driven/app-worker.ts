/** The app that works for driven intents: plain Temporal, in a process that may be killed at any moment. */
import { createHash, randomUUID } from 'node:crypto';

import { ApplicationFailure, heartbeat, sleep } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

import type { WorkOrder } from '../../../src/client';

/** One order in so many cannot be done, however often it is tried. */
const FAILS_PERCENT = 25;
const LOOK_EVERY_MS = 50;
const LONGEST_MS = 600;

/** What follows from an order's key, in every try: from 0 to 99. */
function chanceOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE() % 100;
}

async function takeTime({ idempotencyKey }: WorkOrder): Promise<void> {
  const untilMs = Date.now() + (LONGEST_MS * chanceOf(`time of ${idempotencyKey}`)) / 100;
  while (Date.now() < untilMs) {
    heartbeat();
    await sleep(LOOK_EVERY_MS);
  }
  if (chanceOf(idempotencyKey) < FAILS_PERCENT) {
    throw ApplicationFailure.nonRetryable('This cannot be done.', 'UNLUCKY');
  }
}

/** @returns of what it is the result, and of which of its tries */
async function work(order: WorkOrder): Promise<{ key: string; run: string }> {
  await takeTime(order);
  return { key: order.idempotencyKey, run: randomUUID() };
}

async function main(): Promise<void> {
  const { TEMPORAL_ADDRESS = '', TASK_QUEUE = '' } = process.env;
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: TEMPORAL_ADDRESS }),
    taskQueue: TASK_QUEUE,
    activities: { work, undo: takeTime },
  });
  console.log('Worker ready');
  await worker.run();
}

// Whoever started it may be killed as well; nobody would stop it then.
const starter = process.ppid;
setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
