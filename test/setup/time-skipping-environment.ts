import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import type { Graph } from '../../src/graph';
import type { History } from '../../src/ops/replayer';
import { createIntentWorker } from '../../src/worker';
import { createTestDatabase } from './database';
import { fromEnvironment } from './intent-environment';
import { startTimeSkippingServer } from './time-skipping-server';

/** A server whose clock is its own, with a database, a client and a worker. Its clock is one for all intents. */
export interface TimeSkippingEnvironment {
  server: TestWorkflowEnvironment;
  /** As the engine's role. */
  pool: Pool;
  intents: IntentClient;
  /** Starts a worker for intents; it is stopped with the environment, or by the function returned. */
  startWorker: (overrides?: Partial<WorkerOptions>) => Promise<() => Promise<void>>;
  /** Starts a worker for activities that graphs name. */
  startActivities: (taskQueue: string, activities: object) => Promise<void>;
  /** Milliseconds since 1970, on the server's clock. */
  now: () => Promise<number>;
  /** Skips time up to an instant, in milliseconds since 1970. */
  skipTo: (instant: number) => Promise<void>;
  /** Of the newest run, or of the one that is named. */
  eventsOf: (intentId: string, runId?: string) => Promise<NonNullable<History['events']>>;
  close: () => Promise<void>;
}

/**
 * @param name of the test file, for whoever looks at the servers
 * @param graphs that are registered first
 */
export async function createTimeSkippingEnvironment(
  name: string,
  graphs: readonly Graph[] = [],
): Promise<TimeSkippingEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [server, database] = await Promise.all([startTimeSkippingServer(), createTestDatabase(name)]);
  const applicationName = `test ${name}`;
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName, max: 1 });
  for (const graph of graphs) await registerGraph(owner, graph);
  await owner.end();
  const pool = createPool({ databaseUrl: database.engineUrl, applicationName });
  const intents = await IntentClient.connect({
    databaseUrl: database.engineUrl,
    temporal: { connection: server.connection },
  });
  const stops = new Set<() => Promise<void>>();

  const run = (worker: Worker) => {
    const running = worker.run();
    const stop = async () => {
      if (!stops.delete(stop)) return;
      worker.shutdown();
      await running;
    };
    stops.add(stop);
    return stop;
  };

  return {
    server,
    pool,
    intents,
    startWorker: async (overrides = {}) =>
      run(
        await createIntentWorker({
          connection: server.nativeConnection,
          pool,
          workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
          overrides,
        }),
      ),
    async startActivities(taskQueue, activities) {
      run(await Worker.create({ connection: server.nativeConnection, taskQueue, activities }));
    },
    now: () => server.currentTimeMs(),
    async skipTo(instant) {
      await server.sleep(Math.max(1, instant - (await server.currentTimeMs())));
    },
    async eventsOf(intentId, runId) {
      const { events } = await server.client.workflow.getHandle(intentId, runId).fetchHistory();
      return events ?? [];
    },
    async close() {
      await Promise.all([...stops].map((stop) => stop()));
      await intents.close();
      await pool.end();
      await server.teardown();
      await database.drop();
    },
  };
}
