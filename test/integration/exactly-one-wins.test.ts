import type { Outcome } from '../../src/client';
import { outcomeRows } from '../setup/audit-checks';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { ticket1 } from '../setup/ticket-versions';
import { killLeftovers, startWorkerProcess } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('exactly-one-wins');
});
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

/** `count` identical requests at the same moment; every one of them must be answered. */
async function race(count: number): Promise<{ id: string; outcomes: Outcome[] }> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: `race of ${count}` });
  const outcomes = await Promise.all(
    Array.from({ length: count }, () => intents.transition(id, { to: 'ICP_PENDING' }, { timeoutMs: 30_000 })),
  );
  return { id, outcomes };
}

async function expectOneWinner(count: number): Promise<void> {
  const { id, outcomes } = await race(count);
  const { intents, pool } = environment;

  expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(1);
  const rejected = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(rejected).toHaveLength(count - 1);
  expect(new Set(rejected.map(({ code }) => code))).toEqual(new Set(['ALREADY_IN_STATE']));

  const history = await intents.history(id);
  expect(history.map(({ newState }) => newState)).toEqual(['CREATED', 'ICP_PENDING']);
  const rows = await outcomeRows(pool, [id]);
  expect([...rows.keys()].sort()).toEqual(outcomes.map(({ requestId }) => requestId).sort());
  expect(new Set(rows.values())).toEqual(new Set([1]));
}

describe('with one worker', () => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    stop = await environment.startWorker();
  });
  afterAll(() => stop());

  test.each([5, 20, 100])(
    'exactly one of %i simultaneous requests is applied, and all are answered',
    expectOneWinner,
  );

  test('requests that are conditional on a state lose with STATE_CONFLICT', async () => {
    const { intents } = environment;
    const { id } = await intents.create({ organizationId: ORGANIZATION });
    const outcomes = await Promise.all(
      ['ICP_PENDING', 'CANCELLED'].map((to) => intents.transition(id, { to, expectedState: 'CREATED' })),
    );
    expect(
      outcomes.map((outcome) => (outcome.status === 'applied' ? outcome.status : outcome.code)).sort(),
    ).toEqual([expect.stringMatching(/STATE_CONFLICT|TERMINAL_STATE/), 'applied']);
    expect(await intents.history(id)).toHaveLength(2);
  });

  test('of 20 that expect the same sequence along a self edge exactly one is applied, the others are STATE_CONFLICT', async () => {
    const { database, intents, pool } = environment;
    await register(database, ticket1);
    const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'ticket@1' });
    const entered = await intents.transition(id, { to: 'WORKING' }, { timeoutMs: 30_000 });
    expect(entered).toMatchObject({ sequence: 2 });
    // Every one of them is legal in the state that the first leads to, and expects it.
    const again = { to: 'WORKING', expectedState: 'WORKING', expectedSequence: 2 };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => intents.transition(id, again, { timeoutMs: 30_000 })),
    );
    const [winner, ...others] = outcomes.filter(({ status }) => status === 'applied');
    expect(winner).toMatchObject({ previousState: 'WORKING', newState: 'WORKING', sequence: 3 });
    expect(others).toEqual([]);
    const rejected = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(rejected.map(({ code, message }) => `${code}: ${message}`)).toEqual(
      Array(19).fill('STATE_CONFLICT: The intent is at sequence 3, not at the expected 2.'),
    );
    const rows = await outcomeRows(pool, [id]);
    expect([...rows.keys()].sort()).toEqual([entered, ...outcomes].map(({ requestId }) => requestId).sort());
    expect(new Set(rows.values())).toEqual(new Set([1]));
    expect(await intents.history(id)).toHaveLength(3);
    // It is the sequence that refused them: without it each is applied.
    expect(await intents.transition(id, { to: 'WORKING', expectedState: 'WORKING' })).toMatchObject({
      sequence: 4,
    });
  });
});

describe('with two worker processes', () => {
  const start = () =>
    startWorkerProcess(['--task-queue', environment.taskQueue], {
      DATABASE_URL: environment.database.engineUrl,
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    });
  let workers: ReturnType<typeof start>[];
  beforeAll(async () => {
    workers = [start(), start()];
    await Promise.all(workers.map((worker) => worker.sees('Worker ready')));
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGTERM');
    expect(await Promise.all(workers.map((worker) => worker.exited))).toEqual([0, 0]);
  });

  test.each([5, 20, 100])(
    'exactly one of %i simultaneous requests is applied, and all are answered',
    expectOneWinner,
  );
});
