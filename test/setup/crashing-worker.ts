/**
 * A worker that kills itself between the commit in Postgres and the completion of its workflow task: as soon as
 * the activity named by CRASH_IN has stored its rows; with CRASH_KIND, once a move of that kind is among them. With
 * `advanceWebhook`, before it notes how far events were handed on.
 */
import { NativeConnection } from '@temporalio/worker';

import { createActivities, createOperationsActivities } from '../../src/activities';
import { createPool } from '../../src/database/pool';
import { createIntentWorker, createOperationsWorker, type IntentWorkerOptions } from '../../src/worker';

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** Whether the rows of a request are those that the worker is to die with. */
function isAwaited(request: unknown): boolean {
  const kind = process.env['CRASH_KIND'];
  // A verification is asked for without one.
  const { decisions = [] } = (request ?? {}) as { decisions?: { kind?: string }[] };
  return kind === undefined || decisions.some((decision) => decision.kind === kind);
}

/** Dies when a statement of this name is to be sent. */
function dieBefore(pool: ReturnType<typeof createPool>, statement: string): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) => {
    if ((args[0] as { name?: string }).name === statement) process.kill(process.pid, 'SIGKILL');
    return query(...args);
  }) as typeof pool.query;
}

async function main(): Promise<void> {
  const pool = createPool({
    databaseUrl: fromEnvironment('DATABASE_URL'),
    applicationName: 'crashing worker',
  });
  const crashIn = fromEnvironment('CRASH_IN');
  if (crashIn === 'advanceWebhook') dieBefore(pool, 'advance_webhook');
  const activities = createActivities(pool);
  const storeAndDie = <Request, Stored>(store: (request: Request) => Promise<Stored>) => {
    return async (request: Request): Promise<Stored> => {
      const stored = await store(request);
      if (isAwaited(request)) process.kill(process.pid, 'SIGKILL');
      return stored;
    };
  };
  const operations = createOperationsActivities(pool);
  const options: IntentWorkerOptions = {
    connection: await NativeConnection.connect({ address: fromEnvironment('TEMPORAL_ADDRESS') }),
    taskQueue: fromEnvironment('TASK_QUEUE'),
    pool,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    overrides: {
      // Temporal loads the converter by itself, so it has to be the compiled one.
      dataConverter: { payloadConverterPath: require.resolve('../../dist/workflows/payload-converter') },
      activities:
        crashIn === 'verifyIntents'
          ? { ...operations, verifyIntents: storeAndDie(operations.verifyIntents) }
          : crashIn === 'advanceWebhook'
            ? operations
            : crashIn === 'createIntent'
              ? { ...activities, createIntent: storeAndDie(activities.createIntent) }
              : { ...activities, recordOutcomes: storeAndDie(activities.recordOutcomes) },
    },
  };
  const worker = await (crashIn === 'verifyIntents' || crashIn === 'advanceWebhook'
    ? createOperationsWorker(options)
    : createIntentWorker(options));
  console.log('Worker ready');
  await worker.run();
}

void main();
