import { setTimeout as sleep } from 'node:timers/promises';

import type { Pool } from 'pg';

import { ENGINE_REQUEST_ID_PREFIX } from '../../src/intent';
import type { FaultStack } from './fault-stack';
import { FAULTS } from './faults';
import type { Load } from './load';
import type { FaultRecord } from './run-report';
import type { Beside, PlannedFault, Step } from './schedule';
import type { SeededRandom } from './seeded-random';
import type { Gap } from './supervised-worker';
import { within } from './within';

/** How long things may take on a busy machine before the run counts as stuck, milliseconds. */
const PATIENCE = { nextOutcome: 60_000, load: 180_000 };
const LOOK_EVERY_MS = 50;
const MORE_EVERY_MS = 1_000;

/** The steps of a run: the load goes on as far as each allows, and what the step names strikes meanwhile. */
export class FaultRun {
  readonly struck: FaultRecord[] = [];
  readonly gaps: Gap[] = [];
  temporalEndedByItself = 0;
  appWorkerKilled = 0;

  constructor(
    private readonly stack: FaultStack,
    private readonly pool: Pool,
    private readonly load: Load,
    private readonly random: SeededRandom,
    /** Of what strikes beside. */
    private readonly randomBeside: SeededRandom,
  ) {}

  /** Half of the step's requests may come before the end of its faults, the rest afterwards. */
  async step({ faults, strikesAfterPercent, beside }: Step, from: number, to: number): Promise<void> {
    const names = faults.map(({ kind }) => kind).join(' and ');
    const { load, stack } = this;
    load.allow((from + to) / 2);
    await this.reached(from + ((to - from) * strikesAfterPercent) / 100, `before: ${names}`);
    if (beside !== undefined) await this.strikeBeside(beside);
    const healings: Promise<void>[] = [];
    for (const fault of faults) healings.push((await this.strike(fault)).over);
    await Promise.all(healings);
    stack.appWorker.restart();
    const endedAt = Date.now();
    load.allow(to);
    if (await stack.temporal.ensureRunning()) this.temporalEndedByItself += 1;
    await within(PATIENCE.nextOutcome, `no outcome was recorded after: ${names}`, (expired) =>
      this.outcomeAfter(endedAt, expired),
    );
    await this.reached(to, `after: ${names}`);
  }

  private async strikeBeside(beside: Beside): Promise<void> {
    const { appWorker, workers } = this.stack;
    if (beside === 'worker dies after own move') return this.randomBeside.pick(workers).dieAfterOwnMove();
    await appWorker.kill();
    this.appWorkerKilled += 1;
  }

  /** Resolves once it has struck, and `over` once it has ended and what was killed is there again. */
  private async strike({ kind, lastsMs }: PlannedFault): Promise<{ over: Promise<void> }> {
    const { heal, gap } = await this.underLoad(() => FAULTS[kind].strike(this.stack, this.random));
    const startedAt = Date.now();
    if (gap !== undefined) this.gaps.push(gap);
    const lasting = async (): Promise<void> => {
      await sleep(lastsMs);
      this.struck.push({ kind, startedAt, endedAt: Date.now() });
      await heal();
    };
    const over = lasting();
    // Nobody waits for it where another fault fails to strike.
    over.catch(() => undefined);
    return { over };
  }

  /** A worker that is to die of what it records needs something to record, also where all that was allowed is over. */
  private async underLoad<T>(strike: () => T | Promise<T>): Promise<T> {
    const more = setInterval(() => this.load.allow(this.load.taken + 1), MORE_EVERY_MS);
    try {
      return await strike();
    } finally {
      clearInterval(more);
    }
  }

  private async reached(requests: number, when: string): Promise<void> {
    const { load } = this;
    const failure = () => `the apps got stuck at ${load.taken} of ${requests} requests, ${when}`;
    await within(PATIENCE.load, failure, (expired) => load.reached(requests, expired));
  }

  /** Of a request: the clocks of driven intents go on whether apps are served or not. */
  private async outcomeAfter(time: number, expired: AbortSignal): Promise<void> {
    for (;;) {
      expired.throwIfAborted();
      const { rows } = await this.pool
        .query<{ found: boolean }>(
          `SELECT EXISTS (SELECT FROM workflow_transition_audit WHERE created_at > $1 AND NOT starts_with(request_id, $2))
               OR EXISTS (SELECT FROM workflow_transition_rejections WHERE created_at > $1) AS found`,
          [new Date(time), ENGINE_REQUEST_ID_PREFIX],
        )
        .catch(() => ({ rows: [] }));
      if (rows[0]?.found === true) return;
      await sleep(LOOK_EVERY_MS);
    }
  }
}
