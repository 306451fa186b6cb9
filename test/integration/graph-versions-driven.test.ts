import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

import type { Graph } from '../../src/graph';
import { eventually } from '../setup/eventually';
import { findingsOf, withDetail } from '../setup/findings-of';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';

/** What goes on in a state while its intent is moved to another version of the graph. */
let environment: IntentEnvironment;
let stopJobs: () => Promise<void>;

const PATIENCE = { timeoutMs: 90_000 };

/** Runs of the activity by intent: how often, how it is to end, and whether it was told to stop. */
interface Run {
  started: number;
  stopped: boolean;
  end: () => void;
}
const runs = new Map<string, Run>();

function jobGraphs(taskQueue: string): Graph[] {
  const work = (success: string) => ({
    RUNNING: { activity: 'run', taskQueue, success, failure: 'FAILED', heartbeatTimeout: 'PT20S' },
  });
  const version1 = {
    name: 'job',
    version: 1,
    steps: [
      { key: 'queue', label: 'Queue', states: ['QUEUED'] },
      { key: 'run', label: 'Run', states: ['RUNNING'] },
    ],
    transitions: { QUEUED: ['RUNNING', 'EXPIRED'], RUNNING: ['DONE', 'FAILED'] },
    terminal: ['DONE', 'FAILED', 'EXPIRED'],
    work: work('DONE'),
    deadlines: { QUEUED: { after: 'PT1H', to: 'EXPIRED' } },
  };
  // What a job gave is looked at.
  const version2 = {
    ...version1,
    version: 2,
    steps: [...version1.steps, { key: 'look', label: 'Look', states: ['LOOK'] }],
    transitions: { ...version1.transitions, RUNNING: ['LOOK', 'FAILED'], LOOK: ['DONE'] },
    work: work('LOOK'),
    deadlines: { QUEUED: { after: 'PT2H', to: 'EXPIRED' } },
  };
  // Apps run the jobs, and they may not wait.
  const { work: _work, ...version3 } = {
    ...version2,
    version: 3,
    deadlines: { QUEUED: { after: 'PT0.001S', to: 'EXPIRED' } },
  };
  return [version1, version2, version3];
}

beforeAll(async () => {
  environment = await createIntentEnvironment('graph-versions-driven');
  const taskQueue = `${environment.taskQueue}-jobs`;
  await register(environment.database, ...jobGraphs(taskQueue));
  await environment.startWorker();
  const connection = await NativeConnection.connect({ address: fromEnvironment('TEST_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({ connection, taskQueue, activities: { run } });
  const running = worker.run();
  stopJobs = async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
});
afterAll(async () => {
  for (const { end } of runs.values()) end();
  await stopJobs();
  await environment.close();
});

/** Goes on until the test or the engine ends it. */
async function run({ intentId }: { intentId: string }): Promise<{ pages: number }> {
  const context = Context.current();
  const ended = new Promise<void>((resolve) => {
    const { started = 0 } = runs.get(intentId) ?? {};
    runs.set(intentId, { started: started + 1, stopped: false, end: resolve });
  });
  const beat = setInterval(() => context.heartbeat(), 500);
  try {
    await Promise.race([ended, context.cancelled]);
    return { pages: 17 };
  } catch (error) {
    const known = runs.get(intentId);
    if (known !== undefined) known.stopped = true;
    throw error;
  } finally {
    clearInterval(beat);
  }
}

async function job(...states: string[]): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'job@1' });
  await intents.waitForState(id, 'QUEUED', PATIENCE);
  for (const to of states) await intents.transition(id, { to }, PATIENCE);
  return id;
}

const startedOf = (id: string) => runs.get(id)?.started ?? 0;
const hasStarted = (id: string) => eventually(() => expect(startedOf(id)).toBe(1));
const moved = async (id: string, version: number) =>
  expect(await environment.intents.migrate(id, { graph: `job@${version}` }, PATIENCE)).toMatchObject({
    status: 'applied',
  });

const found = (id: string) => findingsOf(environment, { ids: [id] }, { line: withDetail });

test('work that runs goes on, is not run again, and leads where the new version says', async () => {
  const { intents } = environment;
  const id = await job('RUNNING');
  await hasStarted(id);
  await moved(id, 2);
  runs.get(id)?.end();
  await intents.waitForState(id, 'LOOK', PATIENCE);
  expect(startedOf(id)).toBe(1);
  expect((await intents.history(id)).at(-1)).toMatchObject({
    kind: 'work',
    graphVersion: 2,
    previousState: 'RUNNING',
    newState: 'LOOK',
    metadata: { result: { pages: 17 } },
  });
  expect(await found(id)).toEqual([]);
}, 180_000);

test('work that the new version does not name is stopped, and moves nothing; one that names it begins it', async () => {
  const { intents } = environment;
  const id = await job('RUNNING');
  await hasStarted(id);
  await moved(id, 3);
  await eventually(() => expect(runs.get(id)?.stopped).toBe(true));
  expect(await intents.describe(id)).toMatchObject({ graph: 'job@3', state: 'RUNNING', problem: null });
  await moved(id, 2);
  await eventually(() => expect(startedOf(id)).toBe(2));
  runs.get(id)?.end();
  await intents.waitForState(id, 'LOOK', PATIENCE);
  expect((await intents.history(id)).map(({ kind }) => kind)).toEqual([
    'transition',
    'transition',
    'migration',
    'migration',
    'work',
  ]);
  expect(await found(id)).toEqual([]);
}, 180_000);

test('the time of a deadline is that of the new version, counted from the entry; one that has passed is over at once', async () => {
  const { intents } = environment;
  const id = await job();
  const dueAt = () =>
    eventually(async () => {
      const { deadline } = await intents.describe(id);
      expect(deadline).not.toBeNull();
      return Date.parse(deadline ?? '');
    });
  const first = await dueAt();
  await moved(id, 2);
  await eventually(async () => expect((await dueAt()) - first).toBe(3_600_000));
  await intents.pause(id, {}, PATIENCE);
  await moved(id, 1);
  await intents.resume(id, {}, PATIENCE);
  // It stood still for as long as it was paused.
  await eventually(async () => expect((await dueAt()) - first).toBeGreaterThan(0));
  expect((await dueAt()) - first).toBeLessThan(3_600_000);
  await moved(id, 3);
  await intents.waitForState(id, 'EXPIRED', PATIENCE);
  expect((await intents.history(id)).at(-1)).toMatchObject({ kind: 'deadline', graphVersion: 3 });
  expect(await found(id)).toEqual([]);
}, 180_000);
