import { randomUUID } from 'node:crypto';

import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { THIS_BUILD } from '../setup/build';
import { editedBuild, type EditedBuild } from '../setup/edited-build';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { PATCH, PATCHED } from '../setup/patched-code';
import { Rounds } from '../setup/rounds';
import { WorkerDeployment } from '../setup/worker-deployment';
import { killLeftovers, startProcess, type WorkerProcess } from '../setup/worker-process';
import { buildsOf, failuresOf, patchesOf, runsOf } from '../setup/workflow-tasks';

const INTENTS = 12;
const OLD = THIS_BUILD.worker;

let environment: IntentEnvironment;
let patchedBuild: EditedBuild;

beforeAll(async () => {
  [environment, patchedBuild] = await Promise.all([
    createIntentEnvironment('rolling-deploy'),
    editedBuild(PATCHED),
  ]);
});
afterEach(killLeftovers);
afterAll(async () => {
  patchedBuild.remove();
  await environment.close();
});

const deployment = new WorkerDeployment(`rolling-${randomUUID().slice(0, 8)}`);

/** A worker with versioning on, once it polls. */
async function start(
  program: string,
  env: Record<string, string> = {},
): Promise<{ build: string; worker: WorkerProcess }> {
  // Other tests share the queue of operations.
  const worker = startProcess([program, '--task-queue', environment.taskQueue, '--no-operations'], {
    DATABASE_URL: environment.database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    INTENT_WORKER_VERSIONING: 'on',
    INTENT_DEPLOYMENT_NAME: deployment.name,
    ...env,
  });
  const line = await worker.sees(`of deployment ${deployment.name}`);
  const build = /^Build (\S+) /.exec(line)?.[1] ?? 'none';
  await deployment.known(build);
  return { build, worker };
}

/** The build that decided last, for each intent. */
async function deciding(rounds: Rounds): Promise<(string | undefined)[]> {
  return Promise.all(rounds.ids.map(async (id) => buildsOf(await runsOf(environment.temporal, id)).at(-1)));
}

/** Changes who gets work while requests come in, and waits until these builds decide, and no other. */
async function underLoad(rounds: Rounds, change: () => Promise<void>, ...expected: string[]): Promise<void> {
  const load = rounds.play(3);
  await change();
  await load;
  await eventually(async () => {
    await rounds.play(1);
    expect(new Set(await deciding(rounds))).toEqual(new Set(expected));
  }, 60_000);
}

/** Every request that Temporal confirmed has one outcome, the trail is whole, and no workflow task failed. */
async function expectNothingLost(rounds: Rounds, ...builds: string[]): Promise<void> {
  const { pool, temporal } = environment;
  const rows = await eventually(async () => {
    const found = await outcomeRows(pool, rounds.ids);
    expect(found.size).toBe(rounds.acknowledged.length);
    return found;
  });
  expect(new Set(rows.keys())).toEqual(new Set(rounds.acknowledged));
  expect(new Set(rows.values())).toEqual(new Set([1]));
  const completed = new Map<string, number>();
  for (const id of rounds.ids) {
    expect(await brokenLinks(pool, id)).toEqual([]);
    const runs = await runsOf(temporal, id);
    expect(failuresOf(runs)).toEqual([]);
    for (const build of buildsOf(runs)) completed.set(build, (completed.get(build) ?? 0) + 1);
  }
  expect([...completed.keys()].toSorted()).toEqual(builds.toSorted());
  for (const count of completed.values()) expect(count).toBeGreaterThan(rounds.ids.length);
}

test('requests meet a new build that is ramped from 0 to 50 to 100 %, rolled back, and killed at 50 %: each has one outcome', async () => {
  const { build: old } = await start(OLD);
  await deployment.setCurrent(old);
  const rounds = await Rounds.of(environment.intents, 'rolled back', INTENTS);
  // Held: the build before knows nothing of the patch, so no intent may take it as long as that may come back.
  const { build: held, worker } = await start(patchedBuild.worker, { INTENT_HELD_PATCHES: PATCH });
  expect(held).not.toBe(old);

  await underLoad(rounds, () => deployment.ramp(held, 0), old);
  await underLoad(rounds, () => deployment.ramp(held, 50), old, held);
  await underLoad(rounds, () => deployment.ramp(held, 100), held);
  await underLoad(rounds, () => deployment.setCurrent(held), held);
  await underLoad(rounds, () => deployment.setCurrent(old), old);

  await underLoad(rounds, () => deployment.ramp(held, 50), old, held);
  const killAndEndRamp = async () => {
    worker.kill('SIGKILL');
    await worker.exited;
    await deployment.endRamp(held);
  };
  await underLoad(rounds, killAndEndRamp, old);

  await expectNothingLost(rounds, old, held);
  const runs = await Promise.all(rounds.ids.map((id) => runsOf(environment.temporal, id)));
  expect(runs.flatMap(patchesOf)).toEqual([]);
}, 400_000);

test('a patch that is let go takes running intents along, and they go on with it on a build that holds it back', async () => {
  const hold = { INTENT_HELD_PATCHES: PATCH };
  const { build: held, worker } = await start(patchedBuild.worker, hold);
  await deployment.setCurrent(held);
  const rounds = await Rounds.of(environment.intents, 'let go', INTENTS);
  const { build: released } = await start(patchedBuild.worker);
  expect(released).not.toBe(held);

  await underLoad(rounds, () => deployment.ramp(released, 50), held, released);
  await underLoad(rounds, () => deployment.setCurrent(released), released);
  // A worker that has an intent in its cache goes by its own "not yet" from then, and fails a task: so a fresh one.
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  await start(patchedBuild.worker, hold);
  await underLoad(rounds, () => deployment.setCurrent(held), held);

  await expectNothingLost(rounds, held, released);
  for (const id of rounds.ids) {
    expect(patchesOf(await runsOf(environment.temporal, id))).toContain(PATCH);
    // The new way, taken by the build that holds the patch back from intents which have not taken it.
    const { sequence } = await environment.intents.describe(id);
    const { memo } = await environment.temporal.workflow.getHandle(id).describe();
    expect(memo).toMatchObject({ sequence });
  }
}, 400_000);

test('while no worker of the current build polls, requests are taken and wait, and the next worker answers them', async () => {
  const { build, worker } = await start(OLD, { INTENT_BUILD_ID: 'only-1' });
  await deployment.setCurrent(build);
  const rounds = await Rounds.of(environment.intents, 'nobody polls', 2);
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  // Workers of other builds are there, and get nothing.
  await start(patchedBuild.worker);
  const load = rounds.play(1);
  await eventually(() => expect(rounds.acknowledged).toHaveLength(2));
  expect((await outcomeRows(environment.pool, rounds.ids)).size).toBe(0);

  await start(OLD, { INTENT_BUILD_ID: 'only-1' });
  await load;
  await expectNothingLost(rounds, 'only-1');
}, 200_000);

test('a build that does not know a patch stands still on intents that took it, until one that does is back', async () => {
  const { build: old } = await start(OLD);
  const { build: released } = await start(patchedBuild.worker);
  await deployment.setCurrent(released);
  const rounds = await Rounds.of(environment.intents, 'too far back', 2);
  await deployment.setCurrent(old);
  const load = rounds.play(1);
  await eventually(async () => {
    for (const id of rounds.ids) {
      const [failure] = failuresOf(await runsOf(environment.temporal, id));
      expect(failure).toMatch(/^WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR: .*Nondeterminism/);
    }
  });

  const { build: held } = await start(patchedBuild.worker, { INTENT_HELD_PATCHES: PATCH });
  await deployment.setCurrent(held);
  await load;
  expect(new Set(await deciding(rounds))).toEqual(new Set([held]));
  expect((await outcomeRows(environment.pool, rounds.ids)).size).toBe(rounds.acknowledged.length);
}, 200_000);
