import { brokenLinks } from '../setup/audit-checks';
import { batchGraph, nestedGraph, pieceGraph } from '../setup/batch-graphs';
import { eventually } from '../setup/eventually';
import { expectVerified } from '../setup/expect-verified';
import {
  createIntentEnvironment,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { makeHistoryLong } from '../setup/long-history';
import { register } from '../setup/register';
import { restingHistory } from '../setup/resting-history';

let environment: IntentEnvironment;

/** The parent also looks by itself, after 5 s at first, if a child could not tell it. */
const PATIENCE = { timeoutMs: 40_000 };

beforeAll(async () => {
  environment = await createIntentEnvironment('children');
  await register(
    environment.database,
    pieceGraph,
    nestedGraph,
    batchGraph('batch-all', { until: 'all' }),
    batchGraph('batch-any', { until: 'any' }),
    batchGraph('batch-leave', { until: 'any', others: 'leave' }),
    batchGraph('batch-two', { until: 2, counts: ['DONE'], failed: 'RUN_FAILED' }),
    batchGraph('batch-of-nothing', { until: 'all', graph: 'no-such@1', failed: 'RUN_FAILED' }),
  );
  await environment.startWorker();
});
afterAll(() => environment.close());

interface ChildRow {
  id: string;
  state: string;
  organization_id: string;
  metadata: { piece: number };
  created_by: string | null;
}

async function childrenOf(id: string): Promise<ChildRow[]> {
  const { rows } = await environment.pool.query<ChildRow>(
    `SELECT id, state, organization_id, metadata, created_by FROM intent_workflows
      WHERE parent_id = $1 ORDER BY metadata ->> 'piece'`,
    [id],
  );
  return rows;
}

const pieces = (count: number) => Array.from({ length: count }, (_, index) => ({ piece: index + 1 }));

/** An intent that has just begun to run its pieces. */
async function newBatch(graph: string, metadata: object): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph,
    metadata: metadata as Record<string, never>,
    createdBy: 'ada',
  });
  await intents.transition(id, { to: 'RUNNING' });
  return id;
}

/** The same, with its children there, in the order of their pieces. */
async function runningBatch(graph: string, count: number): Promise<{ id: string; children: ChildRow[] }> {
  const id = await newBatch(graph, { pieces: pieces(count) });
  const children = await eventually(async () => {
    const rows = await childrenOf(id);
    expect(rows).toHaveLength(count);
    return rows;
  });
  return { id, children };
}

async function end(child: ChildRow | undefined, to: string): Promise<void> {
  const outcome = await environment.intents.transition(child?.id ?? '', { to });
  expect(outcome).toMatchObject({ status: 'applied' });
}

async function lastRow(id: string) {
  return (await environment.intents.history(id)).at(-1);
}

async function statesOf(id: string): Promise<string[]> {
  return (await childrenOf(id)).map(({ state }) => state);
}

test('a state starts an intent for each item, and is left when all of them have ended', async () => {
  const { intents, pool } = environment;
  const { id, children } = await runningBatch('batch-all', 3);
  expect(children).toEqual(
    pieces(3).map((metadata) => ({
      id: expect.any(String) as string,
      state: 'OPEN',
      organization_id: ORGANIZATION,
      metadata,
      created_by: 'ada',
    })),
  );
  await end(children[0], 'DONE');
  await end(children[1], 'BROKEN');
  await end(children[2], 'DONE');
  await intents.waitForState(id, 'RAN', PATIENCE);
  expect(await lastRow(id)).toMatchObject({
    kind: 'children',
    requestId: 'engine:children:2',
    previousState: 'RUNNING',
    metadata: {
      children: [
        { id: children[0]?.id, ended: 'DONE' },
        { id: children[1]?.id, ended: 'BROKEN' },
        { id: children[2]?.id, ended: 'DONE' },
      ],
    },
  });
  expect(await brokenLinks(pool, id)).toEqual([]);
  for (const child of children) expect(await brokenLinks(pool, child.id)).toEqual([]);
});

test('any: the first that ends moves the intent on, and the others are cancelled', async () => {
  const { intents } = environment;
  const { id, children } = await runningBatch('batch-any', 3);
  await end(children[1], 'DONE');
  await intents.waitForState(id, 'RAN', PATIENCE);
  await eventually(async () => expect(await statesOf(id)).toEqual(['CANCELLED', 'DONE', 'CANCELLED']));
  expect(await lastRow(children[0]?.id ?? '')).toMatchObject({ kind: 'cancellation', actor: 'temporal' });
});

test('others that are to be left go on, also when their parent has ended', async () => {
  const { intents, temporal } = environment;
  const { id, children } = await runningBatch('batch-leave', 3);
  await end(children[0], 'DONE');
  await intents.waitForState(id, 'RAN', PATIENCE);
  await intents.transition(id, { to: 'DONE' });
  await temporal.workflow.getHandle(id).result();
  await end(children[1], 'DONE');
  expect(await intents.describe(children[2]?.id ?? '')).toMatchObject({ state: 'OPEN', terminal: false });
  expect(await statesOf(id)).toEqual(['DONE', 'DONE', 'OPEN']);
});

test('a quorum counts only children that ended as they should', async () => {
  const { intents } = environment;
  const { id, children } = await runningBatch('batch-two', 4);
  await end(children[0], 'BROKEN');
  await end(children[1], 'DONE');
  await end(children[2], 'DONE');
  await intents.waitForState(id, 'RAN', PATIENCE);
  await eventually(async () => expect(await statesOf(id)).toEqual(['BROKEN', 'DONE', 'DONE', 'CANCELLED']));
});

test('a quorum that can not be reached any more is a failure, and trying again starts children anew', async () => {
  const { intents } = environment;
  const { id, children } = await runningBatch('batch-two', 3);
  await end(children[0], 'BROKEN');
  await end(children[1], 'CANCELLED');
  await intents.waitForState(id, 'RUN_FAILED', PATIENCE);
  expect(await lastRow(id)).toMatchObject({
    kind: 'children',
    metadata: {
      failure: { type: 'CHILDREN_FAILED' },
      children: [
        { id: children[0]?.id, ended: 'BROKEN' },
        { id: children[1]?.id, ended: 'CANCELLED' },
        { id: children[2]?.id },
      ],
    },
  });
  await intents.transition(id, { to: 'RUNNING' });
  await eventually(async () => expect(await childrenOf(id)).toHaveLength(6));
});

test('nothing to start is done at once', async () => {
  const { intents } = environment;
  const id = await newBatch('batch-all', { pieces: [] });
  await intents.waitForState(id, 'RAN', PATIENCE);
  expect((await lastRow(id))?.metadata).toEqual({ children: [] });
});

test.each<[string, object, RegExp]>([
  ['no list', { pieces: 'three' }, /gives no list/],
  ['not there', {}, /there is no `metadata\.pieces`/],
  ['too many', { pieces: pieces(101) }, /gives 101 items, more than the 100/],
  ['not all objects', { pieces: [{ piece: 1 }, 2] }, /item 2: must be a JSON object/],
])(
  'items that are %s start nothing: a failure, or a problem where the graph has no state for it',
  async (_how, metadata, message) => {
    const { intents } = environment;
    const id = await newBatch('batch-two', metadata);
    await intents.waitForState(id, 'RUN_FAILED', PATIENCE);
    expect((await lastRow(id))?.reason).toMatch(message);
    expect(await childrenOf(id)).toEqual([]);

    const stuck = await newBatch('batch-all', metadata);
    await eventually(async () => expect((await intents.describe(stuck)).problem).toMatch(message));
    const handle = environment.temporal.workflow.getHandle(stuck);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('**Needs somebody:**');
    expect(await intents.transition(stuck, { to: 'RUN_FAILED', actor: 'ada' })).toMatchObject({
      status: 'applied',
    });
    expect((await intents.describe(stuck)).problem).toBeNull();
  },
);

test('children of a graph that is not registered are a failure that says so', async () => {
  const { intents } = environment;
  const id = await newBatch('batch-of-nothing', { pieces: pieces(2) });
  await intents.waitForState(id, 'RUN_FAILED', PATIENCE);
  const { children } = (await lastRow(id))?.metadata as { children: { failed?: string }[] };
  const why = children.flatMap(({ failed }) => failed ?? []);
  expect(why[0]).toContain('no-such@1 is not registered');
  expect(await childrenOf(id)).toEqual([]);
});

test('a child that was terminated in Temporal will never end, and does not count', async () => {
  const { intents, temporal } = environment;
  const { id, children } = await runningBatch('batch-two', 2);
  const child = temporal.workflow.getHandle(children[0]?.id ?? '');
  // Terminated while its creation is being recorded, it would have a row that Temporal knows nothing of.
  await restingHistory(child);
  await child.terminate('by an operator');
  await intents.waitForState(id, 'RUN_FAILED', PATIENCE);
  const { children: listed } = (await lastRow(id))?.metadata as { children: { failed?: string }[] };
  expect(listed[0]?.failed).toBeDefined();
});

test.each<[string, (id: string) => Promise<unknown>]>([
  ['a request to cancel', (id) => environment.intents.cancel(id)],
  ['a cancellation in Temporal', (id) => environment.temporal.workflow.getHandle(id).cancel()],
])(
  '%s of the parent cancels the children, also those that are only just being started',
  async (_how, cancel) => {
    const { intents, temporal } = environment;
    const { id } = await intents.create({
      organizationId: ORGANIZATION,
      graph: 'batch-all',
      metadata: { pieces: pieces(10) },
    });
    await intents.waitForState(id, 'NEW');
    await intents.transition(id, { to: 'RUNNING' });
    await cancel(id);
    const handle = temporal.workflow.getHandle(id);
    expect(await handle.result()).toMatchObject({ state: 'CANCELLED' });
    const { events } = await handle.fetchHistory();
    const started = (events ?? []).flatMap(
      ({ childWorkflowExecutionStartedEventAttributes: child }) => child?.workflowExecution?.workflowId ?? [],
    );
    for (const child of started) {
      expect(await temporal.workflow.getHandle(child).result()).toMatchObject({ state: 'CANCELLED' });
    }
    const initiated = (events ?? []).filter(
      (event) => event.startChildWorkflowExecutionInitiatedEventAttributes,
    );
    expect([initiated.length, started.length]).toEqual([10, 10]);
  },
  120_000,
);

test('children belong to the organization of their parent, whatever the items say', async () => {
  const { intents } = environment;
  const item = { piece: 1, organizationId: OTHER_ORGANIZATION, createdBy: 'eve', generation: 0 };
  const id = await newBatch('batch-all', { pieces: [item] });
  await eventually(async () => expect(await childrenOf(id)).toHaveLength(1));
  const [child] = await childrenOf(id);
  expect(child).toMatchObject({ organization_id: ORGANIZATION, created_by: 'ada', metadata: item });
  await intents.cancel(id);
});

test('whoever says that a child has ended is not believed: it is looked up', async () => {
  const { intents, temporal } = environment;
  const { id, children } = await runningBatch('batch-any', 1);
  const handle = temporal.workflow.getHandle(id);
  await handle.signal('childEnded', { id: children[0]?.id, state: 'DONE' });
  await intents.requestTransition(id, { to: 'NOWHERE' });
  await eventually(async () => {
    const { events } = await handle.fetchHistory();
    const looks = (events ?? []).filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === 'readEndedIntents',
    );
    expect(looks.length).toBeGreaterThanOrEqual(2);
  });
  expect(await intents.describe(id)).toMatchObject({ state: 'RUNNING' });
  await end(children[0], 'DONE');
  await intents.waitForState(id, 'RAN', PATIENCE);
});

test('children of children end at the eighth generation', async () => {
  const { intents, pool } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'nested' });
  await intents.waitForState(id, 'BROKEN', { timeoutMs: 90_000 });
  const { rows } = await pool.query<{ depth: number; state: string }>(
    `WITH RECURSIVE line AS (
       SELECT id, state, 0 AS depth FROM intent_workflows WHERE id = $1
       UNION ALL
       SELECT i.id, i.state, depth + 1 FROM intent_workflows i JOIN line ON i.parent_id = line.id
     ) SELECT depth, state FROM line ORDER BY depth`,
    [id],
  );
  expect(rows).toEqual(Array.from({ length: 9 }, (_, depth) => ({ depth, state: 'BROKEN' })));
}, 120_000);

test('the parent continues as new while its children run, and hears of their ends all the same', async () => {
  const { intents, temporal, pool } = environment;
  const { id, children } = await runningBatch('batch-all', 3);
  const handle = temporal.workflow.getHandle(id);
  await end(children[0], 'DONE');
  const { runId } = await restingHistory(handle);
  await makeHistoryLong(intents, id);
  await intents.transition(id, { to: 'NOWHERE' }, PATIENCE);
  await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
  expect(await intents.describe(id)).toMatchObject({ state: 'RUNNING' });

  await end(children[1], 'DONE');
  await end(children[2], 'BROKEN');
  await intents.waitForState(id, 'RAN', PATIENCE);
  expect((await lastRow(id))?.metadata).toEqual({
    children: [
      { id: children[0]?.id, ended: 'DONE' },
      { id: children[1]?.id, ended: 'DONE' },
      { id: children[2]?.id, ended: 'BROKEN' },
    ],
  });
  expect(await childrenOf(id)).toHaveLength(3);
  expect(await brokenLinks(pool, id)).toEqual([]);
}, 120_000);

test('others are cancelled also by a run that did not start them', async () => {
  const { intents, temporal } = environment;
  const { id, children } = await runningBatch('batch-any', 2);
  const handle = temporal.workflow.getHandle(id);
  const { runId } = await restingHistory(handle);
  await makeHistoryLong(intents, id);
  await intents.transition(id, { to: 'NOWHERE' }, PATIENCE);
  await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
  await end(children[0], 'DONE');
  await intents.waitForState(id, 'RAN', PATIENCE);
  await eventually(async () => expect(await statesOf(id)).toEqual(['DONE', 'CANCELLED']));
}, 120_000);

test('replaying the histories of all of these intents yields exactly the rows in Postgres', async () => {
  await expectVerified(environment);
}, 120_000);
