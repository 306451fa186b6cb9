import { contentIntentGraph } from '../../src/graph';
import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { startCrashingWorker } from '../setup/start-crashing-worker';
import { killLeftovers } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeEach(async () => {
  environment = await createIntentEnvironment('durable-before-visible');
});
afterEach(async () => {
  killLeftovers();
  await environment.close();
});

async function createdIntent(): Promise<string> {
  const { intents, startWorker } = environment;
  const stop = await startWorker();
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.waitForState(id, 'CREATED');
  await stop();
  return id;
}

/** A later version of the built-in graph, whose initial state leads elsewhere. */
async function registerNextVersion(): Promise<void> {
  const transitions = {
    ...contentIntentGraph.transitions,
    CREATED: ['ICP_PENDING', 'ICP_PROCESSING', 'CANCELLED'],
  };
  await register(environment.database, { ...contentIntentGraph, version: 2, transitions });
}

test('a worker killed between commit and task completion changes no decision, whatever arrives in the gap', async () => {
  const { intents, temporal, pool, startWorker } = environment;
  const id = await createdIntent();

  const crashing = await startCrashingWorker(environment, 'recordOutcomes');
  await intents.requestTransition(id, { to: 'ICP_PENDING', requestId: 'before the gap' });
  expect(await crashing.exited).toBe('SIGKILL');
  const inGap = await intents.history(id);
  expect(inGap.map(({ requestId }) => requestId)).toEqual(['creation', 'before the gap']);

  // In the gap: requests that would have won had they come first, a cancellation, and a new graph version.
  await intents.requestTransition(id, { to: 'CANCELLED', expectedState: 'CREATED', requestId: 'too late' });
  await intents.requestTransition(id, { to: 'ICP_PROCESSING', requestId: 'next' });
  await temporal.workflow.getHandle(id).cancel();
  await registerNextVersion();

  await startWorker();
  await temporal.workflow.getHandle(id).result();
  const history = await intents.history(id);
  expect(history.map(({ requestId }) => requestId)).toEqual([
    'creation',
    'before the gap',
    'next',
    'temporal-cancellation',
  ]);
  expect(history.slice(0, 2)).toEqual(inGap);
  expect(history.at(-1)).toMatchObject({ previousState: 'ICP_PROCESSING', newState: 'CANCELLED' });
  expect(await intents.outcome(id, 'too late')).toMatchObject({
    code: 'STATE_CONFLICT',
    state: 'ICP_PENDING',
  });
  expect(await intents.describe(id)).toMatchObject({
    graph: 'content-intent@1',
    state: 'CANCELLED',
    mirrorLag: 0,
  });
  expect(new Set((await outcomeRows(pool, [id])).values())).toEqual(new Set([1]));
  expect(await brokenLinks(pool, id)).toEqual([]);
});

test('a worker killed while it creates an intent leaves one creation, with the graph version of then', async () => {
  const { intents, startWorker } = environment;
  const crashing = await startCrashingWorker(environment, 'createIntent');
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  expect(await crashing.exited).toBe('SIGKILL');
  const inGap = await intents.history(id);
  expect(inGap).toHaveLength(1);

  await registerNextVersion();
  await intents.requestTransition(id, { to: 'ICP_PROCESSING', requestId: 'only in version 2' });
  await startWorker();
  expect(await intents.transition(id, { to: 'ICP_PENDING' }, { timeoutMs: 30_000 })).toMatchObject({
    sequence: 2,
  });
  expect(await intents.outcome(id, 'only in version 2')).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  expect((await intents.history(id))[0]).toEqual(inGap[0]);
  expect(await intents.describe(id)).toMatchObject({ graph: 'content-intent@1' });
});

test('a cancellation is committed to Temporal before it is recorded, so a crash cannot reorder it', async () => {
  const { intents, temporal, startWorker } = environment;
  const id = await createdIntent();
  const crashing = await startCrashingWorker(environment, 'recordOutcomes');
  await temporal.workflow.getHandle(id).cancel();
  expect(await crashing.exited).toBe('SIGKILL');
  expect((await intents.history(id)).at(-1)).toMatchObject({ newState: 'CANCELLED' });
  // Signals sort before a cancellation that is not yet in a completed task; this one must still come after it.
  await intents.requestTransition(id, { to: 'ICP_PENDING', requestId: 'after the cancellation' });

  await startWorker();
  await temporal.workflow.getHandle(id).result();
  expect(await intents.outcome(id, 'after the cancellation')).toMatchObject({ code: 'TERMINAL_STATE' });
  const history = await temporal.workflow.getHandle(id).fetchHistory();
  expect(
    history.events?.filter(
      ({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes,
    ),
  ).toHaveLength(1);
});
