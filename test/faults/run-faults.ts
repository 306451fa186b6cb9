import { createPool } from '../../src/database/pool';
import type { ShowProgress } from '../../src/dev/progress';
import { checkDrivenIntents } from './driven/check-driven';
import { countMoves } from './driven/count-moves';
import { readDrivenIntents } from './driven/trail';
import { FaultRun } from './fault-run';
import { startFaultStack } from './fault-stack';
import { checkOutcomeRows, endedIntents, readOutcomeRows, verifyEverything } from './final-checks';
import { Load } from './load';
import { countRequests, countRows, recoveries, waited, type RunReport } from './run-report';
import { schedule } from './schedule';
import { seededRandom } from './seeded-random';
import { settle } from './settle';

export interface RunSize {
  requests: number;
  intents: number;
  /** To driven intents, beside those. */
  drivenRequests: number;
  /** Of the schedule; there is one for each kind of fault at least. */
  steps: number;
  /** Longest duration of a fault, milliseconds. */
  longestMs: number;
}

export const LONG: RunSize = {
  requests: 10_000,
  intents: 200,
  drivenRequests: 2_000,
  steps: 40,
  longestMs: 4_000,
};
/** Each fault once, the one in the gap three times. */
export const SHORT: RunSize = { requests: 600, intents: 20, drivenRequests: 120, steps: 0, longestMs: 500 };

export interface RunOptions extends RunSize {
  seed: number;
  log: (line: string) => void;
  progress: ShowProgress;
  /** Ends commands that are under way: a build, what makes a database ready. */
  signal?: AbortSignal;
}

/**
 * One run: servers of its own, the load, the seed's faults, and the checks at the end.
 *
 * @returns a report, whose `problems` are empty when all promises held
 * @throws Error when something did not recover in time, or servers could not be started
 */
export async function runFaults(options: RunOptions): Promise<RunReport> {
  const { seed, requests, intents, drivenRequests } = options;
  const startedAt = Date.now();
  const shown = options.progress(`Faults, seed ${seed}`);
  shown.step('starting servers');
  const stack = await startFaultStack(options);
  const pool = createPool({ databaseUrl: stack.databaseUrl, applicationName: 'fault suite', max: 4 });
  let load: Load | undefined;
  try {
    load = await Load.start({ seed, requests, intents, drivenRequests, ...stack.apps });
    const run = new FaultRun(
      stack,
      pool,
      load,
      seededRandom(seed, 'strikes'),
      seededRandom(seed, 'strikes beside'),
    );
    const steps = schedule(options);
    const share = requests / steps.length;
    for (const [index, step] of steps.entries()) {
      shown.step(
        `step ${index + 1} of ${steps.length}, ${load.taken} requests: ${step.faults.map(({ kind }) => kind).join(' and ')}`,
      );
      await run.step(step, Math.round(index * share), Math.round((index + 1) * share));
    }
    shown.step('waiting for the last outcomes');
    const { settledMs, drivenEndedMs, unsettled } = await settle(stack, pool, load);
    shown.step('verifying');
    const rows = await readOutcomeRows(pool);
    const driven = await readDrivenIntents(pool);
    const problems = [
      ...unsettled,
      ...checkOutcomeRows(load.log, rows, await endedIntents(pool)),
      ...checkDrivenIntents(driven, load.driven.ids),
      ...(await verifyEverything(stack.databaseUrl, stack.temporal.address, intents + driven.length)),
      ...(run.gaps.length === 0 ? ['no worker died between its commit and the completion of its task'] : []),
    ];
    return {
      seed,
      seconds: (Date.now() - startedAt) / 1000,
      intents,
      requests: countRequests(load.log),
      rows: countRows(rows),
      driven: countMoves(driven),
      faults: recoveries(run.struck, load.log, rows),
      gaps: {
        count: run.gaps.length,
        outcomes: sum(run.gaps, ({ requestIds }) => requestIds.length),
      },
      appWorkerKilled: run.appWorkerKilled,
      workersDiedAfterOwnMove: sum(stack.workers, ({ diedAfterOwnMove }) => diedAfterOwnMove),
      workersEndedByThemselves: sum(stack.workers, ({ endedByItself }) => endedByItself),
      temporalEndedByItself: run.temporalEndedByItself,
      waitedMs: waited(load.log, rows),
      settledMs,
      drivenEndedMs,
      problems,
    };
  } finally {
    shown.end();
    await load?.close();
    await pool.end();
    await stack.stop();
  }
}

function sum<T>(of: readonly T[], number: (each: T) => number): number {
  return of.reduce((total, each) => total + number(each), 0);
}
