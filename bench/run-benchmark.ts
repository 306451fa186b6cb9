import { once } from 'node:events';

import { Client, Connection } from '@temporalio/client';

import { IntentClient } from '../src/client';
import { createPool } from '../src/database/pool';
import type { ShowProgress } from '../src/dev/progress';
import { startStack, type Stack } from '../src/dev/stack/stack';
import { backToBack } from './cases/back-to-back';
import { concurrent } from './cases/concurrent';
import { growth } from './cases/growth';
import { historyCost } from './cases/history-cost';
import { sameMoment } from './cases/same-moment';
import { uncontended } from './cases/uncontended';
import { bareUpdates } from './contenders/bare-update';
import { intentEngine } from './contenders/intent-engine';
import { plainPostgres } from './contenders/plain-postgres';
import { startBareUpdateWorker } from './contenders/start-bare-update-worker';
import { describeMachine } from './machine';
import type { Report } from './report';
import { runRounds } from './run-rounds';

export interface BenchmarkOptions {
  rounds: number;
  /** The same cases with next to no work: to see that all of it runs. */
  quick: boolean;
  progress: ShowProgress;
  log: (line: string) => void;
  signal: AbortSignal;
}

const FULL = {
  uncontended: 200,
  concurrent: { intents: 20, each: 25 },
  sameMoment: { requests: [5, 100], bursts: 3 },
  history: 100,
  growth: { age: 2_900, transitions: 100 },
};
const QUICK: typeof FULL = {
  uncontended: 10,
  concurrent: { intents: 4, each: 3 },
  sameMoment: { requests: [5, 10], bursts: 1 },
  history: 10,
  growth: { age: 20, transitions: 5 },
};

/**
 * Starts servers and workers of its own, which go away with it, and measures the engine beside its floors.
 *
 * The connections of its clients stay open, since something may still use them after a failure: the process that calls
 * this is to end afterwards.
 *
 * @throws when an answer is wrong: other than exactly one of identical requests applied, or a transition that is not.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<Report> {
  const { rounds, quick, progress, log, signal } = options;
  const startedAt = new Date();
  const cleanups: (() => Promise<unknown>)[] = [];
  const shown = progress('Benchmark');
  try {
    shown.step('starting servers and workers');
    const stack = await startStack({ temporary: true, headless: true, log, progress, signal });
    cleanups.push(() => stack.stop());
    const address = stack.env.TEMPORAL_ADDRESS ?? '';
    const namespace = stack.env.TEMPORAL_NAMESPACE ?? '';
    const worker = await startBareUpdateWorker(address, namespace);
    cleanups.push(() => worker.stop());

    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const intents = await IntentClient.connect({
      databaseUrl: stack.env.DATABASE_URL ?? '',
      temporal: { connection, namespace },
    });
    // As many connections as the engine's client has.
    const pool = createPool({ databaseUrl: stack.env.OWNER_DATABASE_URL ?? '', applicationName: 'bench' });

    const machine = await describeMachine(connection, pool);
    const contenders = [intentEngine(intents), ...bareUpdates(client), await plainPostgres(pool)];
    const casesOf = (sizes: typeof FULL) => [
      uncontended(sizes.uncontended),
      backToBack(sizes.uncontended),
      concurrent(sizes.concurrent.intents, sizes.concurrent.each),
      ...sizes.sameMoment.requests.map((requests) => sameMoment(requests, sizes.sameMoment.bursts)),
      historyCost(client, sizes.history),
      growth(client, sizes.growth.age, sizes.growth.transitions),
    ];
    const step = (text: string) => shown.step(text);
    const measured = async () => {
      // Compiled code, connections and caches: a first round counts for nothing.
      if (!quick) {
        const warmUp = (text: string) => step(`warming up, ${text}`);
        await runRounds({ rounds: 1, cases: casesOf(QUICK), contenders, pauseMs: 0, step: warmUp, signal });
      }
      const [sizes, pauseMs] = quick ? [QUICK, 0] : [FULL, 250];
      return runRounds({ rounds, cases: casesOf(sizes), contenders, pauseMs, step, signal });
    };
    const cases = await Promise.race([measured(), stackFailure(stack), worker.failed, aborted(signal)]);
    return {
      startedAt: startedAt.toISOString(),
      took: (Date.now() - startedAt.getTime()) / 1000,
      quick,
      rounds,
      machine,
      contenders: contenders.map(({ key, title }) => ({ key, title })),
      cases,
    };
  } finally {
    shown.end();
    for (const cleanup of cleanups.toReversed()) await cleanup();
  }
}

async function stackFailure(stack: Stack): Promise<never> {
  throw new Error(await stack.failed);
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason as Error;
}
