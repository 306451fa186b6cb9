import { setTimeout as sleep } from 'node:timers/promises';

import type { Pool } from 'pg';

import { readOutcomes } from '../database/read-outcomes';
import type { Outcome } from '../intent';
import { IMPORT_LIMITS } from './limits';

/** Nothing moved for too long. Running the import again goes on where it stopped. */
export class ImportStalledError extends Error {
  override readonly name = 'ImportStalledError';
}

interface Waiter {
  intentId: string;
  requestIds: readonly string[];
  since: number;
  resolve: (outcomes: Array<Outcome | undefined>) => void;
  reject: (error: Error) => void;
}

/**
 * Between two looks, longer after each one that found nothing. With many cases in flight a pause costs no
 * throughput, and the looks take time from the workers that they wait for.
 */
const PAUSE_GROWTH = 1.5;

/** Waits for the outcomes of many cases' requests, asking Postgres for all of them at once. */
export class OutcomeWatch {
  private readonly waiters = new Set<Waiter>();
  private running: Promise<void> | undefined;
  private movedAt = 0;

  constructor(
    private readonly pool: Pool,
    private readonly options: { stallMs: number; taskQueue: string },
  ) {}

  /**
   * The outcomes of requests that were sent to one intent in this order, once the last of them has one; `undefined`
   * for those that have none after `stallMs` although other intents' requests got theirs.
   *
   * @throws ImportStalledError when for `stallMs` no intent at all has got its outcomes
   */
  wait(intentId: string, requestIds: readonly string[]): Promise<Array<Outcome | undefined>> {
    if (requestIds.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const since = Date.now();
      if (this.waiters.size === 0) this.movedAt = since;
      this.waiters.add({ intentId, requestIds, since, resolve, reject });
      this.running ??= this.run().finally(() => {
        this.running = undefined;
      });
    });
  }

  private async run(): Promise<void> {
    let pause: number = IMPORT_LIMITS.shortestPauseMs;
    while (this.waiters.size > 0) {
      // While Postgres does not answer, cases keep waiting.
      const look = await this.look().catch((error: Error) => error);
      if (Date.now() - this.movedAt > this.options.stallMs)
        this.giveUp(look instanceof Error ? look : undefined);
      pause =
        look === 'found'
          ? IMPORT_LIMITS.shortestPauseMs
          : Math.min(IMPORT_LIMITS.longestPauseMs, pause * PAUSE_GROWTH);
      if (this.waiters.size > 0) await sleep(pause);
    }
  }

  private async look(): Promise<'found' | 'nothing'> {
    const waiters = [...this.waiters];
    const keysOf = ({ intentId }: Waiter, ids: readonly string[]) =>
      ids.map((requestId) => ({ intentId, requestId }));
    // Outcomes of one intent are recorded in their order, so the last one tells of all.
    const lasts = await readOutcomes(
      this.pool,
      waiters.flatMap((waiter) => keysOf(waiter, waiter.requestIds.slice(-1))),
    );
    const abandoned = Math.min(this.movedAt, Date.now() - this.options.stallMs);
    const done = waiters.filter(({ since }, index) => lasts[index] !== undefined || since < abandoned);
    if (done.length === 0) return 'nothing';
    const outcomes = await readOutcomes(
      this.pool,
      done.flatMap((waiter) => keysOf(waiter, waiter.requestIds)),
    );
    let start = 0;
    for (const waiter of done) {
      this.waiters.delete(waiter);
      waiter.resolve(outcomes.slice(start, (start += waiter.requestIds.length)));
    }
    this.movedAt = Date.now();
    return 'found';
  }

  private giveUp(failure: Error | undefined): void {
    const seconds = Math.round(this.options.stallMs / 1_000);
    const why =
      failure === undefined
        ? `is a worker running on the task queue ${this.options.taskQueue}?`
        : `Postgres does not answer (${failure.message}).`;
    const error = new ImportStalledError(
      `No outcome for ${seconds} s: ${why} Run the same import again to go on.`,
    );
    for (const waiter of this.waiters) waiter.reject(error);
    this.waiters.clear();
  }
}
