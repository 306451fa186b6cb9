import { createActivities } from '../../src/activities';
import type { Graph } from '../../src/graph';
import { startAppWorker } from '../setup/app-worker';
import { pieceGraph } from '../setup/batch-graphs';
import { eventually } from '../setup/eventually';
import { expectVerified } from '../setup/expect-verified';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { closedGate } from '../setup/scripted-activity';

let environment: IntentEnvironment;

const PATIENCE = { timeoutMs: 90_000 };

/** Each version has a name of its own for what comes after, and wants so many children. */
function batchGraph(version: number, done: string, until: number): Graph {
  return {
    name: 'batch',
    version,
    steps: [{ key: 'batch', label: 'Batch', states: ['NEW', 'RUNNING', done] }],
    transitions: { NEW: ['RUNNING'], RUNNING: [done], [done]: ['DONE'] },
    terminal: ['DONE'],
    children: { RUNNING: { graph: 'piece@1', items: 'metadata.pieces', until, done, others: 'leave' } },
  };
}

beforeAll(async () => {
  environment = await createIntentEnvironment('children-through-migration');
  const graphs = [batchGraph(1, 'RAN', 1), batchGraph(2, 'COLLECTED', 1), batchGraph(3, 'GATHERED', 2)];
  await register(environment.database, pieceGraph, ...graphs);
});
afterAll(() => environment.close());

async function childrenOf(id: string): Promise<string[]> {
  const { rows } = await environment.pool.query<{ id: string }>(
    'SELECT id FROM intent_workflows WHERE parent_id = $1 ORDER BY id',
    [id],
  );
  return rows.map((row) => row.id);
}

async function pendingOf(id: string): Promise<(string | null | undefined)[]> {
  const { raw } = await environment.temporal.workflow.getHandle(id).describe();
  return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name).toSorted();
}

/** A batch with a child that has ended, which its workflow is told in the same task as the version that it is moved to. */
async function movedAsItLearns(graph: string): Promise<{ id: string; others: string[] }> {
  const { intents, pool, taskQueue, temporal, startWorker } = environment;
  const activities = createActivities(pool);
  let stop = await startWorker();
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'batch@1',
    metadata: { pieces: [{ piece: 1 }, { piece: 2 }] },
  });
  await intents.transition(id, { to: 'RUNNING' }, PATIENCE);
  const [first, ...others] = await eventually(async () => {
    const children = await childrenOf(id);
    expect(children).toHaveLength(2);
    return children;
  });
  await stop();

  // Asked for, and not answered.
  const away = () => Promise.reject(new Error('Postgres does not answer'));
  stop = await startWorker({ activities: { ...activities, readEndedIntents: away, loadGraph: away } });
  await intents.transition(first as string, { to: 'DONE' }, PATIENCE);
  const request = { kind: 'migrate', requestId: 'move', graph };
  await temporal.workflow.getHandle(id).signal('requestTransition', request);
  await eventually(async () => expect(await pendingOf(id)).toEqual(['loadGraph', 'readEndedIntents']));
  await stop();

  // Answered, one after the other, while no workflow runs.
  const childIsKnown = closedGate();
  const stopActivities = await startAppWorker(taskQueue, {
    ...activities,
    loadGraph: async (asked: Parameters<typeof activities.loadGraph>[0]) => {
      await childIsKnown.opened;
      return activities.loadGraph(asked);
    },
  });
  await eventually(async () => expect(await pendingOf(id)).toEqual(['loadGraph']));
  childIsKnown.open();
  await eventually(async () => expect(await pendingOf(id)).toEqual([]));
  await stopActivities();
  return { id, others };
}

test('children whose end is known in the same task as another version of the graph lead where that one says', async () => {
  const { intents, startWorker } = environment;
  const { id } = await movedAsItLearns('batch@2');
  const stop = await startWorker();
  await intents.waitForState(id, 'COLLECTED', PATIENCE);
  expect(await intents.history(id)).toMatchObject([
    { newState: 'NEW' },
    { newState: 'RUNNING' },
    { kind: 'migration', newState: 'RUNNING', graphVersion: 2 },
    { kind: 'children', newState: 'COLLECTED', graphVersion: 2 },
  ]);
  await stop();
}, 240_000);

test('where that version wants more of them, it is waited for the others', async () => {
  const { intents, startWorker } = environment;
  const { id, others } = await movedAsItLearns('batch@3');
  const stop = await startWorker();
  await eventually(async () => expect(await intents.history(id)).toHaveLength(3));
  expect(await intents.describe(id)).toMatchObject({ graph: 'batch@3', state: 'RUNNING', problem: null });
  await intents.transition(others[0] as string, { to: 'DONE' }, PATIENCE);
  await intents.waitForState(id, 'GATHERED', PATIENCE);
  await expectVerified(environment);
  await stop();
}, 240_000);
