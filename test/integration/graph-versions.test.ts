import { createActivities } from '../../src/activities';
import { readGraph } from '../../src/database/read-graphs';
import { stepOf } from '../../src/graph';
import { outcomeRows } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import { findingsOf, withDetail } from '../setup/findings-of';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { ticket1, ticket2 } from '../setup/ticket-versions';
import { startCrashingWorker } from '../setup/start-crashing-worker';
import { killLeftovers } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeEach(async () => {
  environment = await createIntentEnvironment('graph-versions');
  await register(environment.database, ticket1, ticket2);
});
afterEach(async () => {
  killLeftovers();
  await environment.close();
});

const PATIENCE = { timeoutMs: 150_000 };
const MAP = { WAITING: 'ON_HOLD' };

/** A ticket of the first version that was taken along these states. */
async function ticketIn(...states: string[]): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'ticket@1' });
  for (const to of states) await intents.transition(id, { to }, PATIENCE);
  if (states.length === 0) await intents.waitForState(id, 'OPEN', PATIENCE);
  return id;
}

const found = (ids: string[]) => findingsOf(environment, { ids }, { line: withDetail });

const memoOf = async (id: string) => (await environment.temporal.workflow.getHandle(id).describe()).memo;

/** Steps of the states that an intent has been in, each by the version that it followed then. */
async function stepsOf(id: string): Promise<string[]> {
  const steps: string[] = [];
  for (const { newState, graphVersion } of await environment.intents.history(id)) {
    const graph = await readGraph(environment.pool, { name: 'ticket', version: graphVersion ?? 0 });
    const step = graph && stepOf(graph, newState);
    steps.push(`${newState} in ${step?.number}, ${step?.label}`);
  }
  return steps;
}

test('an intent that is moved stays where it is, goes on by the new version, and its old rows keep their steps', async () => {
  const { intents, startWorker } = environment;
  await startWorker();
  const id = await ticketIn('WORKING');
  const said = { actor: 'ada', reason: 'tickets are checked first', metadata: { change: 17 } };
  const outcome = await intents.migrate(id, { graph: 'ticket@2', requestId: 'm1', ...said }, PATIENCE);
  expect(outcome).toMatchObject({
    status: 'applied',
    sequence: 3,
    previousState: 'WORKING',
    newState: 'WORKING',
  });
  expect(await intents.describe(id)).toMatchObject({
    graph: 'ticket@2',
    state: 'WORKING',
    step: { number: 3 },
    nextStates: ['ON_HOLD', 'WORKING', 'DONE', 'CANCELLED'],
  });
  expect((await intents.history(id)).at(-1)).toMatchObject({ kind: 'migration', graphVersion: 2, ...said });
  expect(await intents.transition(id, { to: 'WAITING' }, PATIENCE)).toMatchObject({ code: 'UNKNOWN_STATE' });
  expect(await intents.transition(id, { to: 'ON_HOLD' }, PATIENCE)).toMatchObject({ status: 'applied' });
  expect(await stepsOf(id)).toEqual([
    'OPEN in 1, Intake',
    'WORKING in 2, Work',
    'WORKING in 3, Work',
    'ON_HOLD in 3, Work',
  ]);

  // Asked again, and back again.
  expect(await intents.migrate(id, { graph: 'ticket@1', requestId: 'm1' }, PATIENCE)).toEqual(outcome);
  expect(await intents.migrate(id, { graph: 'ticket@2' }, PATIENCE)).toMatchObject({
    code: 'ALREADY_IN_STATE',
  });
  const back = { graph: 'ticket@1', map: { ON_HOLD: 'WAITING' } };
  expect(await intents.migrate(id, back, PATIENCE)).toMatchObject({ newState: 'WAITING' });
  expect(await intents.describe(id)).toMatchObject({ graph: 'ticket@1', state: 'WAITING' });
  await eventually(async () => expect(await memoOf(id)).toMatchObject({ graph: 'ticket@1' }));
  expect(await found([id])).toEqual([]);
});

test('what can’t be is refused, each with its reason', async () => {
  const { intents, startWorker } = environment;
  await startWorker();
  const id = await ticketIn('WORKING', 'WAITING');
  const moved = (graph: string, map?: Record<string, string>) =>
    intents.migrate(id, { graph, ...(map && { map }) }, PATIENCE);
  expect(await moved('ticket@3')).toMatchObject({
    code: 'UNKNOWN_GRAPH',
    message: 'graph: ticket@3 is not registered.',
  });
  expect(await moved('content-intent@1')).toMatchObject({ code: 'INVALID_REQUEST' });
  expect(await moved('ticket@2')).toMatchObject({ code: 'UNKNOWN_STATE', state: 'WAITING' });
  expect(await moved('ticket@2', { WAITING: 'DONE' })).toMatchObject({ code: 'INVALID_REQUEST' });
  expect(await moved('ticket@2', MAP)).toMatchObject({ previousState: 'WAITING', newState: 'ON_HOLD' });
  await intents.transition(id, { to: 'CANCELLED' }, PATIENCE);
  expect(await moved('ticket@1')).toMatchObject({ code: 'TERMINAL_STATE' });
  expect(await found([id])).toEqual([]);
});

test('a worker killed between the commit of a migration and its task changes no decision, whatever comes in the gap', async () => {
  const { intents, pool, startWorker } = environment;
  const stop = await startWorker();
  const id = await ticketIn();
  await stop();

  const crashing = await startCrashingWorker(environment, 'recordOutcomes');
  const moving = intents.migrate(id, { graph: 'ticket@2', requestId: 'move' }, PATIENCE);
  expect(await crashing.exited).toBe('SIGKILL');
  const inGap = await intents.history(id);
  expect(inGap.at(-1)).toMatchObject({ requestId: 'move', kind: 'migration', graphVersion: 2 });
  // Had it come first, it would have been the old version's.
  await intents.requestTransition(id, { to: 'WORKING', requestId: 'only by version 1' });
  await intents.requestTransition(id, { to: 'CHECKING', requestId: 'only by version 2' });

  await startWorker();
  expect(await moving).toMatchObject({ status: 'applied', sequence: 2 });
  await intents.waitForState(id, 'CHECKING', PATIENCE);
  expect(await intents.outcome(id, 'only by version 1')).toMatchObject({
    code: 'ILLEGAL_TRANSITION',
    state: 'OPEN',
  });
  const history = await intents.history(id);
  expect(history.slice(0, 2)).toEqual(inGap);
  expect(history.map(({ requestId }) => requestId)).toEqual(['creation', 'move', 'only by version 2']);
  expect(new Set((await outcomeRows(pool, [id])).values())).toEqual(new Set([1]));
  expect(await found([id])).toEqual([]);
}, 180_000);

test('a request that waits for its graph when its intent ends is answered', async () => {
  const { intents, temporal, startWorker } = environment;
  const stop = await startWorker();
  const id = await ticketIn('WORKING');
  await stop();
  // Both in one task: the graph can't be there before the end.
  const moving = intents.migrate(id, { graph: 'ticket@2', requestId: 'move' }, PATIENCE);
  await eventually(async () => {
    const { raw } = await temporal.workflow.getHandle(id).describe();
    expect(Number(raw.workflowExecutionInfo?.historyLength)).toBeGreaterThan(0);
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    expect(events?.some((event) => event.workflowExecutionSignaledEventAttributes)).toBe(true);
  });
  await intents.requestTransition(id, { to: 'DONE' });
  await startWorker();
  expect(await moving).toMatchObject({ code: 'TERMINAL_STATE', state: 'DONE' });
  await temporal.workflow.getHandle(id).result();
  expect(await found([id])).toEqual([]);
});

test('a migration that waits for its graph is carried through continue-as-new, and so is the version', async () => {
  const { intents, temporal, pool, startWorker } = environment;
  const activities = createActivities(pool);
  let away = true;
  const loadGraph: typeof activities.loadGraph = async (request) => {
    if (away) throw new Error('it does not answer');
    return activities.loadGraph(request);
  };
  await startWorker({ activities: { ...activities, loadGraph } });
  const id = await ticketIn('WORKING');
  const runId = async () => (await temporal.workflow.getHandle(id).describe()).runId;
  /** Requests that change nothing but the history, until there is a new one. */
  async function continued(): Promise<void> {
    const before = await runId();
    while ((await runId()) === before) {
      const requests = Array.from({ length: 49 }, () => intents.requestTransition(id, { to: 'WORKING' }));
      await Promise.all(requests);
      await intents.transition(id, { to: 'WORKING' }, PATIENCE);
    }
  }

  const moving = intents.migrate(
    id,
    { graph: 'ticket@2', requestId: 'move', actor: 'ada' },
    { timeoutMs: 200_000 },
  );
  await continued();
  expect(await intents.outcome(id, 'move')).toBeUndefined();
  expect(await intents.describe(id)).toMatchObject({ graph: 'ticket@1' });
  away = false;
  expect(await moving).toMatchObject({ status: 'applied', newState: 'WORKING' });
  await continued();
  expect(await intents.describe(id)).toMatchObject({ graph: 'ticket@2', quarantined: null });
  expect(await intents.transition(id, { to: 'ON_HOLD' }, PATIENCE)).toMatchObject({ status: 'applied' });
  expect((await intents.history(id)).filter(({ kind }) => kind === 'migration')).toHaveLength(1);
  const memo = { organizationId: ORGANIZATION, graph: 'ticket@2' };
  await eventually(async () => expect(await memoOf(id)).toEqual(memo));
  expect(await found([id])).toEqual([]);
}, 300_000);
