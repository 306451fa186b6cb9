import { randomUUID } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import type { ShowProgress } from '../../src/dev/progress';
import { startProgram } from '../../src/dev/stack/program-process';
import { startStack } from '../../src/dev/stack/stack';
import { intentEngine } from '../contenders/intent-engine';
import { describeMachine, type Machine } from '../machine';
import { spreadOf, type Spread } from '../statistics';
import { measureHistory, historyEvents } from '../temporal-history';
import { Walk } from '../walk';
import { actionsOf, sumOf, type Actions } from './actions';

export interface SizingOptions {
  rounds: number;
  intents: number;
  /** Transitions of each intent in each measurement. */
  each: number;
  workers: readonly number[];
  progress: ShowProgress;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** All that a run yields, as `--json` prints it. */
export interface Sizing {
  machine: Machine;
  rounds: number;
  intents: number;
  /** By the number of workers. */
  throughput: { workers: number; perSecond: Spread; toFirst: Spread }[];
  /** Of one transition, of intents that are asked one thing after another. */
  transition: {
    historyEvents: number;
    historyBytes: number;
    rows: Record<string, number>;
    /** Tables and indexes. */
    postgresBytes: number;
    actions: Actions;
    allActions: number;
  };
  /** Of the creation of one. */
  creationActions: number;
}

/** Measures on servers and with workers of its own, which go away with it. The process that calls this is to end afterwards. */
export async function measureSizing(options: SizingOptions): Promise<Sizing> {
  const { rounds, intents: count, each, workers, progress, log, signal } = options;
  const shown = progress('Sizing');
  shown.step('starting servers');
  const stack = await startStack({ temporary: true, headless: true, worker: false, log, progress, signal });
  try {
    const connection = await Connection.connect({ address: stack.env.TEMPORAL_ADDRESS ?? '' });
    const client = new Client({ connection, namespace: stack.env.TEMPORAL_NAMESPACE ?? '' });
    const owner = createPool({ databaseUrl: stack.env.OWNER_DATABASE_URL ?? '', applicationName: 'sizing' });
    const engine = intentEngine(
      await IntentClient.connect({
        databaseUrl: stack.env.DATABASE_URL ?? '',
        temporal: { connection, namespace: stack.env.TEMPORAL_NAMESPACE ?? '' },
      }),
    );
    const machine = await describeMachine(connection, owner);

    /** Runs work while so many workers are there. */
    const withWorkers = async <T>(wanted: number, work: () => Promise<T>): Promise<T> => {
      const env = { ...process.env, ...stack.env, INTENT_BUILD_ID: randomUUID() };
      const start = () => startProgram('worker', { env, onLine: () => undefined, signal });
      const started = await Promise.all(Array.from({ length: wanted }, start));
      try {
        return await work();
      } finally {
        await Promise.all(started.map((worker) => worker.stop()));
      }
    };
    const throughput = async (): Promise<number> => {
      const walks = await Promise.all(
        Array.from({ length: count }, async () => new Walk(await engine.create())),
      );
      await Promise.all(walks.map((walk) => walk.steps(2)));
      const begun = performance.now();
      await Promise.all(walks.map((walk) => walk.steps(each)));
      return (count * each) / ((performance.now() - begun) / 1000);
    };

    const perSecond = new Map(workers.map((wanted) => [wanted, [] as number[]]));
    for (let round = 0; round < rounds; round += 1) {
      // By turns: whatever slows the machine down for a while then meets all of them.
      for (const wanted of round % 2 === 0 ? workers : workers.toReversed()) {
        signal.throwIfAborted();
        shown.step(`round ${round + 1} of ${rounds}: ${wanted} workers`);
        perSecond.get(wanted)?.push(await withWorkers(wanted, throughput));
      }
    }

    shown.step('what one transition leaves behind');
    const cost = await withWorkers(1, () => measureCost(client, owner, engine, each * 4));
    const first = perSecond.get(workers[0] ?? 1) ?? [];
    return {
      machine,
      rounds,
      intents: count,
      throughput: [...perSecond].map(([wanted, values]) => ({
        workers: wanted,
        perSecond: spreadOf(values),
        toFirst: spreadOf(values.map((value, round) => value / (first[round] ?? NaN))),
      })),
      ...cost,
    };
  } finally {
    shown.end();
    await stack.stop();
  }
}

async function measureCost(
  client: Client,
  owner: Pool,
  engine: ReturnType<typeof intentEngine>,
  transitions: number,
): Promise<Pick<Sizing, 'transition' | 'creationActions'>> {
  const walk = new Walk(await engine.create());
  const id = walk.item.workflowId ?? '';
  // The first one also tells what only the first costs.
  const created = actionsOf(await historyEvents(client, id));
  await walk.step();
  const [eventsBefore, sizeBefore] = [await historyEvents(client, id), await measureHistory(client, id)];
  const [rowsBefore, bytesBefore] = [await rowsOf(owner), await bytesOf(owner)];
  await walk.steps(transitions);
  const [eventsAfter, sizeAfter] = [await historyEvents(client, id), await measureHistory(client, id)];
  const [rowsAfter, bytesAfter] = [await rowsOf(owner), await bytesOf(owner)];
  const actions = difference(actionsOf(eventsBefore), actionsOf(eventsAfter), transitions);
  return {
    creationActions: sumOf(created),
    transition: {
      historyEvents: (sizeAfter.events - sizeBefore.events) / transitions,
      historyBytes: (sizeAfter.bytes - sizeBefore.bytes) / transitions,
      rows: difference(rowsBefore, rowsAfter, transitions),
      postgresBytes: (bytesAfter - bytesBefore) / transitions,
      actions,
      allActions: sumOf(actions),
    },
  };
}

/** What has come, for each of so many. */
function difference(before: Actions, after: Actions, of: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).flatMap(([key, value]) => {
      const each = (value - (before[key] ?? 0)) / of;
      return each === 0 ? [] : [[key, each]];
    }),
  );
}

async function rowsOf(pool: Pool): Promise<Record<string, number>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  const counted: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM "${name}"`);
    counted[name] = Number(rows[0]?.count);
  }
  return counted;
}

async function bytesOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  );
  return Number(rows[0]?.bytes);
}
