import { setTimeout as sleep } from 'node:timers/promises';

import type { Pool } from 'pg';

import { createPool } from '../../src/database/pool';
import type { ShowProgress } from '../../src/dev/progress';
import { startFaultStack, type FaultStack } from './fault-stack';
import { FAULTS } from './faults';
import {
  checkOutcomeRows,
  endedIntents,
  readOutcomeRows,
  unanswered,
  verifyEverything,
} from './final-checks';
import { Load } from './load';
import { countRequests, countRows, recoveries, waited, type FaultRecord, type RunReport } from './run-report';
import { schedule, type PlannedFault, type Step } from './schedule';
import { seededRandom, type SeededRandom } from './seeded-random';
import type { Gap } from './supervised-worker';
import { within } from './within';

export interface RunSize {
  requests: number;
  intents: number;
  /** Of the schedule; there is one for each kind of fault at least. */
  steps: number;
  /** Longest duration of a fault, milliseconds. */
  longestMs: number;
}

export const LONG: RunSize = { requests: 10_000, intents: 200, steps: 40, longestMs: 4_000 };
/** Each fault once, the one in the gap three times. */
export const SHORT: RunSize = { requests: 600, intents: 20, steps: 0, longestMs: 500 };

export interface RunOptions extends RunSize {
  seed: number;
  log: (line: string) => void;
  progress: ShowProgress;
  signal?: AbortSignal;
}

/** How long things may take on a busy machine before the run counts as stuck, milliseconds. */
const PATIENCE = { nextOutcome: 60_000, load: 180_000, settle: 180_000, worker: 30_000 };
const LOOK_EVERY_MS = 50;

/**
 * One run: servers of its own, the load, the seed's faults, and the checks at the end.
 *
 * @returns a report, whose `problems` are empty when all promises held
 * @throws Error when something did not recover in time, or servers could not be started
 */
export async function runFaults(options: RunOptions): Promise<RunReport> {
  const { seed, requests, intents, signal } = options;
  const startedAt = Date.now();
  const shown = options.progress(`Faults, seed ${seed}`);
  shown.step('starting servers');
  const stack = await startFaultStack(options);
  const pool = createPool({ databaseUrl: stack.databaseUrl, applicationName: 'fault suite', max: 4 });
  let load: Load | undefined;
  try {
    load = await Load.start({ seed, requests, intents, ...stack.apps });
    const run = new Run(stack, pool, load, seededRandom(seed, 'strikes'));
    const steps = schedule(options);
    const share = requests / steps.length;
    for (const [index, step] of steps.entries()) {
      signal?.throwIfAborted();
      shown.step(
        `step ${index + 1} of ${steps.length}, ${load.pace.taken} requests: ${step.faults.map(({ kind }) => kind).join(' and ')}`,
      );
      await run.step(step, Math.round(index * share), Math.round((index + 1) * share));
    }
    shown.step('waiting for the last outcomes');
    const { settledMs, unsettled } = await run.settle();
    shown.step('verifying');
    const rows = await readOutcomeRows(pool);
    const problems = [
      ...unsettled,
      ...checkOutcomeRows(load.log, rows, await endedIntents(pool)),
      ...(await verifyEverything(stack.databaseUrl, stack.temporal.address, intents)),
      ...(run.gaps.length === 0 ? ['no worker died between its commit and the completion of its task'] : []),
    ];
    return {
      seed,
      seconds: (Date.now() - startedAt) / 1000,
      intents,
      requests: countRequests(load.log),
      rows: countRows(rows),
      faults: recoveries(run.struck, load.log, rows),
      gaps: {
        count: run.gaps.length,
        outcomes: run.gaps.reduce((sum, { requestIds }) => sum + requestIds.length, 0),
      },
      workersEndedByThemselves: stack.workers.reduce((sum, { endedByItself }) => sum + endedByItself, 0),
      temporalEndedByItself: run.temporalEndedByItself,
      waitedMs: waited(load.log, rows),
      settledMs,
      problems,
    };
  } finally {
    shown.end();
    await load?.close();
    await pool.end();
    await stack.stop();
  }
}

class Run {
  readonly struck: FaultRecord[] = [];
  readonly gaps: Gap[] = [];
  temporalEndedByItself = 0;

  constructor(
    private readonly stack: FaultStack,
    private readonly pool: Pool,
    private readonly load: Load,
    private readonly random: SeededRandom,
  ) {}

  /** Half of the step's requests may come before the end of its faults, the rest afterwards. */
  async step({ faults, strikesAfterPercent }: Step, from: number, to: number): Promise<void> {
    const names = faults.map(({ kind }) => kind).join(' and ');
    const { pace } = this.load;
    pace.allow((from + to) / 2);
    await this.reached(from + ((to - from) * strikesAfterPercent) / 100, `before: ${names}`);
    const healings: Promise<void>[] = [];
    for (const fault of faults) healings.push((await this.strike(fault)).over);
    await Promise.all(healings);
    const endedAt = Date.now();
    pace.allow(to);
    if (await this.stack.temporal.ensureRunning()) this.temporalEndedByItself += 1;
    await within(PATIENCE.nextOutcome, `no outcome was recorded after: ${names}`, (expired) =>
      this.outcomeAfter(endedAt, expired),
    );
    await this.reached(to, `after: ${names}`);
  }

  /** Waits until every acknowledged request has its outcome and every worker is there again, as long as it may take. */
  async settle(): Promise<{ settledMs: number; unsettled: string[] }> {
    const { log, pace } = this.load;
    const before = () => `the apps did not finish (${pace.taken} requests)`;
    await within(PATIENCE.load, before, () => this.load.finish());
    const from = Date.now();
    let missing = 0;
    const failure = () => `${missing} acknowledged requests got no outcome`;
    const unsettled: string[] = [];
    const settled = within(PATIENCE.settle, failure, async (expired) => {
      while ((missing = unanswered(log, await readOutcomeRows(this.pool))) > 0) {
        expired.throwIfAborted();
        await sleep(LOOK_EVERY_MS);
      }
    });
    // Not thrown: the checks tell which requests they are.
    await settled.catch((error: unknown) => unsettled.push((error as Error).message));
    const settledMs = Date.now() - from;
    for (const worker of this.stack.workers) {
      await worker.ready(PATIENCE.worker).catch((error: unknown) => unsettled.push((error as Error).message));
    }
    return { settledMs, unsettled };
  }

  /** Resolves once it has struck, and `over` once it has ended and what was killed is there again. */
  private async strike({ kind, lastsMs }: PlannedFault): Promise<{ over: Promise<void> }> {
    const { heal, gap } = await FAULTS[kind].strike(this.stack, this.random);
    const startedAt = Date.now();
    if (gap !== undefined) this.gaps.push(gap);
    const lasting = async (): Promise<void> => {
      await sleep(lastsMs);
      this.struck.push({ kind, startedAt, endedAt: Date.now() });
      await heal();
    };
    return { over: lasting() };
  }

  private async reached(requests: number, when: string): Promise<void> {
    const { pace } = this.load;
    const failure = () => `the apps got stuck at ${pace.taken} of ${requests} requests, ${when}`;
    await within(PATIENCE.load, failure, (expired) => pace.reached(requests, expired));
  }

  private async outcomeAfter(time: number, expired: AbortSignal): Promise<void> {
    for (;;) {
      expired.throwIfAborted();
      const { rows } = await this.pool
        .query<{ found: boolean }>(
          `SELECT EXISTS (SELECT FROM workflow_transition_audit WHERE created_at > $1)
               OR EXISTS (SELECT FROM workflow_transition_rejections WHERE created_at > $1) AS found`,
          [new Date(time)],
        )
        .catch(() => ({ rows: [] }));
      if (rows[0]?.found === true) return;
      await sleep(LOOK_EVERY_MS);
    }
  }
}
