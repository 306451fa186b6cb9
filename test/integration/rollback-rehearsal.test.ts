import { migrate } from '../../src/database/migrate';
import { THIS_BUILD, type Build } from '../setup/build';
import { Competition, type Course } from '../setup/competition';
import { editedBuild, type EditedBuild } from '../setup/edited-build';
import { eventually } from '../setup/eventually';
import { expectNothingLost } from '../setup/expect-nothing-lost';
import { expectVerified } from '../setup/expect-verified';
import {
  connectThrough,
  makeApiKey,
  startGatewayProcess,
  type GatewayProcess,
} from '../setup/gateway-process';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { PATCH, PATCHED } from '../setup/patched-code';
import { register } from '../setup/register';
import { ticket1, ticket2 } from '../setup/ticket-versions';
import { killLeftovers, startProcess, type WorkerProcess } from '../setup/worker-process';
import { buildsOf, patchesOf, runsOf } from '../setup/workflow-tasks';

/** Only adds: whatever the release before does still works. */
const EXPAND = `
ALTER TABLE workflow_transition_audit ADD COLUMN channel text;
ALTER TABLE intent_workflows ADD COLUMN priority integer NOT NULL DEFAULT 0;
CREATE TABLE intent_notes (workflow_id uuid NOT NULL REFERENCES intent_workflows (id), note text NOT NULL);
CREATE INDEX idx_intent_notes_workflow ON intent_notes (workflow_id);
ALTER TABLE intent_notes ENABLE ROW LEVEL SECURITY;
SELECT intent_close_privileges();
`;
const MIGRATION = '900000_channels-and-notes';

const VERSION_1: Course = { graph: 'ticket@1', way: ['OPEN', 'WORKING'], aside: 'WAITING', end: 'DONE' };
const VERSION_2: Course = {
  graph: 'ticket@2',
  way: ['OPEN', 'CHECKING', 'WORKING'],
  aside: 'ON_HOLD',
  end: 'DONE',
};

let environment: IntentEnvironment;
/** This build is release N, the edited one N+1. */
let next: EditedBuild;

beforeAll(async () => {
  [environment, next] = await Promise.all([
    createIntentEnvironment('rollback-rehearsal'),
    editedBuild(PATCHED, { [MIGRATION]: EXPAND }),
  ]);
}, 180_000);
afterAll(async () => {
  killLeftovers();
  next?.remove();
  await environment?.close();
});

function startWorker({ worker }: Build): WorkerProcess {
  return startProcess([worker, '--task-queue', environment.taskQueue, '--no-operations'], {
    DATABASE_URL: environment.database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    INTENT_BUILD_ID: nameOf(worker),
    // As the guide says, for as long as the way back is to be open.
    ...(worker === next.worker && { INTENT_HELD_PATCHES: PATCH }),
  });
}

const nameOf = (worker: string) => (worker === next.worker ? 'N+1' : 'N');

async function startWorkers(build: Build, count: number): Promise<WorkerProcess[]> {
  const workers = Array.from({ length: count }, () => startWorker(build));
  await Promise.all(workers.map((worker) => worker.sees('Worker ready')));
  return workers;
}

async function stop(process: WorkerProcess): Promise<void> {
  process.kill('SIGTERM');
  expect(await process.exited).toBe(0);
}

/** Builds that completed workflow tasks of the intents, over all and the last one of each. */
async function builds(ids: readonly string[]): Promise<{ all: Set<string>; last: Set<string | undefined> }> {
  const of = await Promise.all(ids.map(async (id) => buildsOf(await runsOf(environment.temporal, id))));
  return { all: new Set(of.flat()), last: new Set(of.map((names) => names.at(-1))) };
}

/** An outcome is in Postgres before its workflow task is completed, and so before the history says who did that. */
async function expectLastBuild(traffic: Competition, name: string): Promise<void> {
  await eventually(async () => {
    expect(await builds(traffic.ids)).toEqual({ all: new Set(['N', 'N+1']), last: new Set([name]) });
  });
}

test('a release is taken back under load, code, migration and graph: no request is lost, and what it began goes on', async () => {
  const apiKey = await makeApiKey(environment);
  const ada = environment.intents.as({ organizationId: ORGANIZATION, actor: 'ada' });
  const bob = environment.intents.as({ organizationId: ORGANIZATION, actor: 'bob' });
  let serving: GatewayProcess | undefined;
  /** As a load balancer does: the new one gets all calls before the old one is told to stop. */
  const serveBy = async ({ gateway }: Build) => {
    const old = serving;
    serving = await startGatewayProcess(environment, gateway);
    old?.process.kill('SIGTERM');
    // Not always 0: on a busy machine a call may wait longer than it gets then. It is sent again, to the new one.
    await old?.process.exited;
  };
  const grace = await connectThrough(() => serving as GatewayProcess, apiKey);
  const traffic = new Competition([ada, bob, grace]);

  // Release N.
  await register(environment.database, ticket1);
  const early = startWorker(next);
  const [first, second] = await startWorkers(THIS_BUILD, 2);
  await serveBy(THIS_BUILD);
  await traffic.enter(VERSION_1, 10);
  await traffic.play(2);

  // Its successor needs its migration first, and says so.
  expect(await early.exited).toBe(1);
  expect(early.output.join('\n')).toContain(`The database lacks 1 migration(s): ${MIGRATION}`);
  const databaseUrl = environment.database.ownerUrl;
  const migrated = await traffic.playDuring(() => migrate({ databaseUrl, folder: next.migrations }));
  expect(migrated.applied).toEqual([MIGRATION]);

  // Release N+1 takes the place of N: for a while there are both.
  const [third, fourth] = await traffic.playDuring(() => startWorkers(next, 2));
  await eventually(async () => {
    // Intents that run stay where they are cached, so those that are new tell.
    await traffic.enter(VERSION_1, 2);
    expect(await builds(traffic.ids)).toEqual({ all: new Set(['N', 'N+1']), last: new Set(['N', 'N+1']) });
  });
  await traffic.play(2);
  await traffic.playDuring(async () => {
    await serveBy(next);
    await stop(first as WorkerProcess);
    await stop(second as WorkerProcess);
  });
  await register(environment.database, ticket2);
  await traffic.enter(VERSION_2, 4);
  await traffic.play(2);
  await expectLastBuild(traffic, 'N+1');

  // Back. The migration stays: N can't take it back, and refuses to migrate at all.
  await expect(migrate({ databaseUrl })).rejects.toThrow(`The database has the migration ${MIGRATION}`);
  await traffic.playDuring(async () => {
    await startWorkers(THIS_BUILD, 2);
    await serveBy(THIS_BUILD);
    await stop(third as WorkerProcess);
    fourth?.kill('SIGKILL');
    expect(await fourth?.exited).toBe('SIGKILL');
  });
  // N goes on with everything, intents that N+1 began on a graph that N had never seen among them.
  await traffic.enter(VERSION_2, 2);
  await traffic.play(1);
  await expectLastBuild(traffic, 'N');
  await traffic.finish();

  await expectNothingLost(environment, traffic);
  for (const id of traffic.ids) expect(patchesOf(await runsOf(environment.temporal, id))).toEqual([]);
  // By either release: who goes back verifies with N.
  await expectVerified(environment);
  await expectVerified(environment, next.workflowBundle);
}, 360_000);
