import { randomUUID } from 'node:crypto';

import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { createIntentWorker } from '../../src/worker';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { fromEnvironment, ORGANIZATION } from '../setup/intent-environment';
import { startTimeSkippingServer } from '../setup/time-skipping-server';

/** The clock of this server is its own: each file that skips time starts one. */
let server: TestWorkflowEnvironment;
let database: TestDatabase;
let pool: Pool;
let worker: Worker;
let running: Promise<void>;
let intents: IntentClient;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [server, database] = await Promise.all([startTimeSkippingServer(), createTestDatabase('time-skipping')]);
  pool = createPool({ databaseUrl: database.engineUrl, applicationName: 'test time-skipping' });
  worker = await createIntentWorker({
    connection: server.nativeConnection,
    pool,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
  });
  running = worker.run();
  intents = await IntentClient.connect({
    databaseUrl: database.engineUrl,
    temporal: { connection: server.connection },
  });
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await intents.close();
  await pool.end();
  await server.teardown();
  await database.drop();
});

test('an intent that rests for years goes on where it was, and its audit trail shows the time between', async () => {
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'a slow one' });
  await intents.transition(id, { to: 'ICP_PENDING' });
  await server.sleep('800 days');
  const outcome = await intents.transition(id, { to: 'ICP_PROCESSING', expectedState: 'ICP_PENDING' });
  expect(outcome).toMatchObject({ status: 'applied', sequence: 3 });

  const history = await intents.history(id);
  const [, pending, processing] = history.map(({ transitionedAt }) => transitionedAt.getTime());
  const days = ((processing ?? 0) - (pending ?? 0)) / 86_400_000;
  expect(days).toBeGreaterThan(799);
  expect(days).toBeLessThan(801);
});

test('a whole intent ends, and its result names the last audit row', async () => {
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'CANCELLED', requestId: randomUUID(), reason: 'no longer wanted' });
  const result: unknown = await server.client.workflow.getHandle(id).result();
  const last = (await intents.history(id)).at(-1);
  expect(result).toEqual({ id, state: 'CANCELLED', sequence: 2, auditHash: last?.hash });
});
