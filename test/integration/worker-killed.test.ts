import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { killLeftovers, startWorkerProcess } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('worker-killed');
});
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

const INTENTS = 10;
const REQUESTS = 500;

test('a worker killed in the middle of 500 transitions loses and repeats no acknowledged request', async () => {
  const { intents, pool, taskQueue, database } = environment;
  const start = () =>
    startWorkerProcess(['--task-queue', taskQueue], {
      DATABASE_URL: database.engineUrl,
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    });
  const first = start();
  await first.sees('Worker ready');
  const ids = await Promise.all(
    Array.from({ length: INTENTS }, async () => (await intents.create({ organizationId: ORGANIZATION })).id),
  );
  await Promise.all(ids.map((id) => intents.waitForState(id, 'CREATED')));

  // PENDING once, then PROCESSING and FAILED in turn: every request is legal if all before it were applied.
  const steps = [
    'ICP_PENDING',
    ...Array.from({ length: REQUESTS / INTENTS - 1 }, (_, index) =>
      index % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED',
    ),
  ];
  const acknowledged: string[] = [];
  let killed = false;
  for (const to of steps) {
    const receipts = await Promise.all(ids.map((id) => intents.requestTransition(id, { to })));
    acknowledged.push(...receipts.map(({ requestId }) => requestId));
    if (!killed && acknowledged.length >= REQUESTS / 2) {
      killed = true;
      first.kill('SIGKILL');
    }
  }
  expect(await first.exited).toBe('SIGKILL');
  expect(acknowledged).toHaveLength(REQUESTS);
  const recordedByFirst = (await outcomeRows(pool, ids)).size;
  expect(recordedByFirst).toBeLessThan(REQUESTS);

  const second = start();
  await eventually(async () => expect((await outcomeRows(pool, ids)).size).toBe(REQUESTS));
  const rows = await outcomeRows(pool, ids);
  expect(new Set(rows.keys())).toEqual(new Set(acknowledged));
  expect(new Set(rows.values())).toEqual(new Set([1]));
  for (const id of ids) {
    const history = await intents.history(id);
    expect(history.map(({ newState }) => newState)).toEqual(['CREATED', ...steps]);
    expect(await brokenLinks(pool, id)).toEqual([]);
  }
  second.kill('SIGTERM');
  expect(await second.exited).toBe(0);
}, 120_000);
