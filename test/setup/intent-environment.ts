import { randomUUID } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  type Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { createIntentWorker } from '../../src/worker';
import { createTestDatabase, type TestDatabase } from './database';

/** Everything a test file needs, apart from all others: a database, a task queue, a client. */
export interface IntentEnvironment {
  database: TestDatabase;
  /** As the engine's role. */
  pool: Pool;
  /** As the superuser, for tests that tamper. */
  superuser: Pool;
  taskQueue: string;
  temporal: Client;
  intents: IntentClient;
  /** Starts a worker in this process; it is stopped with the environment, or by the function returned. */
  startWorker: (overrides?: Partial<WorkerOptions>) => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

export const ORGANIZATION = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';
export const OTHER_ORGANIZATION = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a002';

let runtime: Runtime | undefined;

/**
 * @param name of the test file, for whoever looks at the servers
 * @param own a migrated database to use instead of a clone of the template
 */
export async function createIntentEnvironment(name: string, own?: TestDatabase): Promise<IntentEnvironment> {
  runtime ??= Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = fromEnvironment('TEST_TEMPORAL_ADDRESS');
  const [database, connection] = await Promise.all([
    own ?? createTestDatabase(name),
    Connection.connect({ address }),
  ]);
  const taskQueue = `${name}-${randomUUID().slice(0, 8)}`;
  const pool = createPool({ databaseUrl: database.engineUrl, applicationName: `test ${name}` });
  const superuser = createPool({
    databaseUrl: database.superuserUrl,
    applicationName: `test ${name}`,
    max: 2,
  });
  const intents = await IntentClient.connect({
    databaseUrl: database.engineUrl,
    temporal: { connection },
    taskQueue,
  });
  const stops = new Set<() => Promise<void>>();

  return {
    database,
    pool,
    superuser,
    taskQueue,
    temporal: new Client({ connection }),
    intents,
    async startWorker(overrides) {
      const stop = await runWorker({ address, taskQueue, pool, overrides });
      const once = async (): Promise<void> => {
        if (stops.delete(once)) await stop();
      };
      stops.add(once);
      return once;
    },
    async close() {
      await Promise.all([...stops].map((stop) => stop()));
      await intents.close();
      await Promise.all([pool.end(), superuser.end(), connection.close()]);
      await database.drop();
    },
  };
}

async function runWorker(options: {
  address: string;
  taskQueue: string;
  pool: Pool;
  overrides: Partial<WorkerOptions> | undefined;
}): Promise<() => Promise<void>> {
  const { address, taskQueue, pool, overrides = {} } = options;
  const connection = await NativeConnection.connect({ address });
  const worker: Worker = await createIntentWorker({
    connection,
    taskQueue,
    pool,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    overrides,
  });
  const running = worker.run();
  return async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
    await connection.close();
  };
}

export function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the global setup of the tests sets it.`);
  return value;
}
