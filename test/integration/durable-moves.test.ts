import { defineGraph, type Graph } from '../../src/graph';
import type { MoveKind } from '../../src/intent';
import { startAppWorker } from '../setup/app-worker';
import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { startCrashingWorker } from '../setup/start-crashing-worker';
import { killLeftovers } from '../setup/worker-process';

let environment: IntentEnvironment;
let stopApp: (() => Promise<void>) | undefined;

beforeEach(async () => {
  environment = await createIntentEnvironment('durable-moves');
});
afterEach(async () => {
  killLeftovers();
  await stopApp?.();
  stopApp = undefined;
  await environment.close();
});

const TASK_QUEUE = 'of the app';

/** A graph that leads by itself from FIRST to SECOND, and further only when it is told to. */
function movingBy(rules: Partial<Graph>, more: Graph['transitions'] = {}): Graph {
  return {
    name: 'moving',
    version: 1,
    steps: [
      { key: 'first', label: 'First', states: ['START', 'FIRST', 'UNDOING'] },
      { key: 'second', label: 'Second', states: ['SECOND', 'OTHER'] },
    ],
    transitions: {
      START: ['FIRST'],
      FIRST: ['SECOND', 'OTHER', 'UNDOING'],
      SECOND: ['DONE'],
      OTHER: ['SECOND', 'DONE'],
      UNDOING: ['CANCELLED', 'OTHER'],
      ...more,
    },
    terminal: ['DONE', 'CANCELLED'],
    ...rules,
  };
}

const child = defineGraph({
  name: 'child',
  version: 1,
  steps: [{ key: 'only', label: 'Only', states: ['WAITING'] }],
  transitions: { WAITING: ['OVER'] },
  deadlines: { WAITING: { after: 'PT0.1S', to: 'OVER' } },
  terminal: ['OVER'],
});

const app = { activity: 'act', taskQueue: '' };

/** How each kind of move comes about; all but the cancellation lead from FIRST to SECOND. */
const CASES: [MoveKind, (taskQueue: string) => Graph][] = [
  [
    'work',
    (taskQueue) => movingBy({ work: { FIRST: { ...app, taskQueue, success: 'SECOND', failure: 'OTHER' } } }),
  ],
  ['deadline', () => movingBy({ deadlines: { FIRST: { after: 'PT0.1S', to: 'SECOND' } } })],
  [
    'children',
    () =>
      movingBy({
        children: {
          FIRST: { graph: 'child', items: '[{}, {}]', until: 'all', done: 'SECOND', failed: 'OTHER' },
        },
      }),
  ],
  [
    'undo',
    (taskQueue) =>
      movingBy({
        undo: { FIRST: { ...app, taskQueue } },
        cancellation: { through: 'UNDOING', failed: 'OTHER' },
      }),
  ],
];

test.each(CASES)(
  'a worker killed between the commit of a move of kind %s and its workflow task changes no decision',
  async (kind, graphOf) => {
    const { intents, pool, temporal, taskQueue, database, startWorker } = environment;
    const appQueue = `${taskQueue} ${TASK_QUEUE}`;
    const graph = graphOf(appQueue);
    await register(database, child, graph);
    stopApp = await startAppWorker(appQueue, { act: () => Promise.resolve({ acted: true }) });
    const crashing = await startCrashingWorker(environment, 'recordOutcomes', kind);

    const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'moving' });
    await intents.requestTransition(id, { to: 'FIRST', requestId: 'go' });
    if (kind === 'undo')
      await temporal.workflow
        .getHandle(id)
        .signal('requestTransition', { kind: 'cancel', requestId: 'stop' });
    expect(await crashing.exited).toBe('SIGKILL');
    const inGap = await intents.history(id);
    const moved = inGap.at(-1);
    expect(moved).toMatchObject({ kind, newState: kind === 'undo' ? 'CANCELLED' : 'SECOND' });

    // In the gap: requests that would have won had they come first, and a new version of the graph.
    const left = moved?.previousState as string;
    await temporal.workflow
      .getHandle(id)
      .signal('requestTransition', { requestId: 'too late', to: 'OTHER', expectedState: left });
    await temporal.workflow.getHandle(id).signal('requestTransition', { requestId: 'next', to: 'DONE' });
    await register(database, {
      ...graph,
      version: 2,
      transitions: { ...graph.transitions, SECOND: ['OTHER', 'DONE'] },
    });

    await startWorker();
    await temporal.workflow.getHandle(id).result();
    const history = await intents.history(id);
    expect(history.slice(0, inGap.length)).toEqual(inGap);
    expect(await intents.outcome(id, 'too late')).toMatchObject(
      kind === 'undo'
        ? { status: 'rejected', code: 'TERMINAL_STATE' }
        : { status: 'rejected', code: 'STATE_CONFLICT', state: 'SECOND' },
    );
    expect(history.map((row) => row.requestId)).toEqual([
      ...inGap.map((row) => row.requestId),
      ...(kind === 'undo' ? [] : ['next']),
    ]);
    expect(history.filter((row) => row.kind === kind)).toHaveLength(1);
    expect(new Set((await outcomeRows(pool, [id])).values())).toEqual(new Set([1]));
    expect(await brokenLinks(pool, id)).toEqual([]);
    expect(await intents.describe(id)).toMatchObject({ mirrorLag: 0, quarantined: null });
  },
);
