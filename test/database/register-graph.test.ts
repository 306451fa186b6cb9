import { graphFingerprint } from '../../src/database/graph-fingerprint';
import { readGraph, readGraphs } from '../../src/database/read-graphs';
import { GraphVersionTakenError, registerGraph } from '../../src/database/register-graph';
import { contentIntentGraph, isGraphValidationError, type Graph } from '../../src/graph';
import { LIMITS } from '../../src/intent';
import { refusal, useDatabase } from './use-database';

const pools = useDatabase('register graph');

const order = (version = 1, name = 'order'): Graph => ({
  name,
  version,
  steps: [
    { key: 'cart', label: 'Cart', states: [`${name.toUpperCase()}_OPEN`] },
    { key: 'pay', label: 'Pay', states: [`${name.toUpperCase()}_PAID`] },
  ],
  transitions: {
    [`${name.toUpperCase()}_OPEN`]: [`${name.toUpperCase()}_PAID`, 'CANCELLED'],
    [`${name.toUpperCase()}_PAID`]: [`${name.toUpperCase()}_PAID`, 'CANCELLED'],
  },
  terminal: ['CANCELLED'],
});

async function labels(): Promise<string[]> {
  const { rows } = await pools.owner.query<{ label: string }>(
    'SELECT unnest(enum_range(NULL::workflow_state))::text AS label',
  );
  return rows.map(({ label }) => label);
}

const registered = async () =>
  (await readGraphs(pools.engine)).map(({ name, version }) => `${name}@${version}`);

test('a new graph is stored whole, and the enum gets the labels that it lacked', async () => {
  const before = await labels();
  await expect(registerGraph(pools.owner, order())).resolves.toEqual({ graph: order(), registered: true });
  expect((await labels()).filter((label) => !before.includes(label))).toEqual(['ORDER_OPEN', 'ORDER_PAID']);
  expect((await readGraphs(pools.engine)).find(({ name }) => name === 'order')).toEqual({
    name: 'order',
    version: 1,
    definition: order(),
    fingerprint: graphFingerprint(order()),
    edges: [
      'ORDER_OPEN → CANCELLED',
      'ORDER_OPEN → ORDER_PAID',
      'ORDER_PAID → CANCELLED',
      'ORDER_PAID → ORDER_PAID',
    ],
  });
  const { rows } = await pools.engine.query(
    `SELECT g.initial_state, s.state, s.step_number, s.step_key, s.terminal
       FROM workflow_graphs g JOIN workflow_graph_states s ON s.graph_name = g.name AND s.graph_version = g.version
      WHERE g.name = 'order' ORDER BY s.step_number`,
  );
  const initial_state = 'ORDER_OPEN';
  expect(rows).toEqual([
    { initial_state, state: 'ORDER_OPEN', step_number: 1, step_key: 'cart', terminal: false },
    { initial_state, state: 'ORDER_PAID', step_number: 2, step_key: 'pay', terminal: false },
    { initial_state, state: 'CANCELLED', step_number: null, step_key: null, terminal: true },
  ]);
});

test('the same definition again changes nothing, in whatever order its keys come', async () => {
  const graph = order(1, 'again');
  await registerGraph(pools.owner, graph);
  const turned = Object.fromEntries(Object.entries(graph).toReversed());
  await expect(registerGraph(pools.owner, turned)).resolves.toMatchObject({ registered: false });
  await expect(registerGraph(pools.owner, { $schema: 'x', ...graph })).resolves.toMatchObject({
    registered: false,
  });
});

test('a version that is registered never changes; the message says to raise it', async () => {
  const graph = order(1, 'fixed');
  await registerGraph(pools.owner, graph);
  const changed = registerGraph(pools.owner, { ...graph, title: 'Changed' });
  await expect(changed).rejects.toBeInstanceOf(GraphVersionTakenError);
  await expect(changed).rejects.toThrow(
    'fixed@1 is registered already with another definition, and a registered version never changes. ' +
      'Raise `version` and register again.',
  );
  await expect(registerGraph(pools.owner, { ...graph, version: 2 })).resolves.toMatchObject({
    registered: true,
  });
  await expect(readGraph(pools.engine, { name: 'fixed', version: 1 })).resolves.toEqual(graph);
});

test('the built-in graph is registered with the migrations', async () => {
  await expect(registerGraph(pools.owner, contentIntentGraph)).resolves.toMatchObject({ registered: false });
});

test('an invalid graph is refused with every problem, and adds no label', async () => {
  const before = await labels();
  const broken = {
    ...order(1, 'broken'),
    transitions: { BROKEN_OPEN: ['NOWHERE'], ELSEWHERE: ['CANCELLED'] },
  };
  const error: unknown = await registerGraph(pools.owner, broken).catch((caught: unknown) => caught);
  if (!isGraphValidationError(error)) throw error;
  expect(error.problems.map(({ code }) => code).toSorted()).toEqual([
    'DEAD_END',
    'NO_PATH_TO_TERMINAL',
    'UNCOVERED_STATE',
    'UNKNOWN_TARGET',
    'UNREACHABLE_STATE',
    'UNREACHABLE_STATE',
  ]);
  await expect(registerGraph(pools.owner, 'no graph')).rejects.toThrow(/Workflow graph validation failed/);
  expect(await labels()).toEqual(before);
  expect(await registered()).not.toContain('broken@1');
});

test('two that register the same graph at once register it once', async () => {
  const runs = await Promise.all(
    Array.from({ length: 8 }, () => registerGraph(pools.owner, order(1, 'same'))),
  );
  expect(runs.filter((run) => run.registered)).toHaveLength(1);
});

test('two that register different graphs at once, with labels in common, both succeed', async () => {
  const shared = (name: string): Graph => ({ ...order(1, 'shared'), name });
  const names = ['left', 'right', 'middle'];
  const runs = await Promise.all(names.map((name) => registerGraph(pools.owner, shared(name))));
  expect(runs.map((run) => run.registered)).toEqual([true, true, true]);
});

test('of two definitions of one version at once one is registered and the other refused', async () => {
  const runs = await Promise.allSettled(
    ['One', 'Two'].map((title) => registerGraph(pools.owner, { ...order(1, 'race'), title })),
  );
  expect(runs.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a graph that continue-as-new could not carry is refused by its size', async () => {
  const states = Array.from({ length: 2_000 }, (_, index) => `STATE_${'X'.repeat(40)}_${index}`);
  const large: Graph = {
    name: 'large',
    version: 1,
    steps: [{ key: 'all', label: 'All', states }],
    transitions: Object.fromEntries(states.map((state, index) => [state, [states[index + 1] ?? 'END']])),
    terminal: ['END'],
  };
  await expect(registerGraph(pools.owner, large)).rejects.toThrow(
    new RegExp(`^A graph takes at most ${LIMITS.graphBytes} bytes as JSON; large takes \\d+\\.$`),
  );
});

test('only the owner registers', async () => {
  await expect(refusal(registerGraph(pools.engine, order(1, 'theirs')))).resolves.toBe('42501');
});

test('the newest version is found without naming it, and none where there is none', async () => {
  for (const version of [1, 10, 9]) await registerGraph(pools.owner, order(version, 'newest'));
  await expect(readGraph(pools.engine, { name: 'newest' })).resolves.toMatchObject({ version: 10 });
  await expect(readGraph(pools.engine, { name: 'newest', version: 9 })).resolves.toMatchObject({
    version: 9,
  });
  await expect(readGraph(pools.engine, { name: 'newest', version: 2 })).resolves.toBeUndefined();
  await expect(readGraph(pools.engine, { name: 'none' })).resolves.toBeUndefined();
});
