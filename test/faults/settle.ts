import { setTimeout as sleep } from 'node:timers/promises';

import type { Pool } from 'pg';

import { openIntents } from './driven/trail';
import type { FaultStack } from './fault-stack';
import { readOutcomeRows, unanswered } from './final-checks';
import type { Load } from './load';
import { whatIsPending } from './what-is-pending';
import { within } from './within';

/** How long things may take on a busy machine before the run counts as stuck, milliseconds. */
const PATIENCE = { load: 180_000, outcomes: 180_000, driven: 180_000, resumed: 30_000, worker: 30_000 };
const LOOK_EVERY_MS = 50;
const LOOK_FOR_OPEN_EVERY_MS = 250;

interface Settled {
  /** From the last request until the last acknowledged one had its outcome. */
  settledMs: number;
  /** From the last request until every driven intent had ended. */
  drivenEndedMs: number;
  /** What was waited for in vain. */
  unsettled: string[];
}

/**
 * Lets the load end, and waits until every acknowledged request has its outcome, every driven intent has ended and every
 * worker is there again.
 *
 * @throws Error when the apps do not finish
 */
export async function settle(stack: FaultStack, pool: Pool, load: Load): Promise<Settled> {
  const before = () => `the apps did not finish (${load.taken} requests)`;
  await within(PATIENCE.load, before, () => load.finish());
  const from = Date.now();
  const unsettled: string[] = [];
  // Not thrown: the checks tell which requests and intents they are.
  const settled = async (waiting: Promise<void>): Promise<number> => {
    await waiting.catch((error: unknown) => unsettled.push((error as Error).message));
    return Date.now() - from;
  };
  const settledMs = await settled(allAnswered(pool, load, PATIENCE.outcomes));
  // One after the other: their tasks wait in the same queue, and each of them takes several.
  const drivenEndedMs = await settled(drivenEnded(pool, load));
  const open = await openIntents(pool, load.driven.ids);
  for (const [id, pending] of await whatIsPending(
    stack.temporal.address,
    open.map(({ id }) => id),
  )) {
    unsettled.push(`intent ${id}: ${pending}`);
  }
  // What resumed them is to have its outcomes too.
  if (unsettled.length === 0) await settled(allAnswered(pool, load, PATIENCE.resumed));
  for (const worker of [...stack.workers, stack.appWorker]) await settled(worker.ready(PATIENCE.worker));
  return { settledMs, drivenEndedMs, unsettled };
}

function allAnswered(pool: Pool, { log }: Load, timeoutMs: number): Promise<void> {
  let missing = 0;
  const failure = () => `${missing} acknowledged requests got no outcome`;
  return within(timeoutMs, failure, async (expired) => {
    while ((missing = unanswered(log, await readOutcomeRows(pool))) > 0) {
      expired.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
  });
}

/** They end by themselves, but for those that are paused. */
function drivenEnded(pool: Pool, load: Load): Promise<void> {
  let open: { id: string; paused: boolean }[] = [];
  const failure = () => `${open.length} driven intents and children did not end`;
  return within(PATIENCE.driven, failure, async (expired) => {
    while ((open = await openIntents(pool, load.driven.ids)).length > 0) {
      expired.throwIfAborted();
      await load.resume(open.filter(({ paused }) => paused).map(({ id }) => id));
      await sleep(LOOK_FOR_OPEN_EVERY_MS);
    }
  });
}
