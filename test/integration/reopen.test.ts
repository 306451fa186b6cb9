import { randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import { archiveIntents } from '../../src/archive/archive-intents';
import { IntentClient, type NewIntentRequest } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { reconcile } from '../../src/ops/reconcile';
import type { VerifyMode } from '../../src/ops/verify';
import { startAppWorker } from '../setup/app-worker';
import { pieceGraph } from '../setup/batch-graphs';
import { kindsGraph } from '../setup/cancel-graphs';
import { eventually } from '../setup/eventually';
import { findingsOf } from '../setup/findings-of';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { ScriptedActivity } from '../setup/scripted-activity';
import { startCrashingWorker } from '../setup/start-crashing-worker';
import { killLeftovers } from '../setup/worker-process';

let environment: IntentEnvironment;
let stopApp: () => Promise<void>;
let stopWorker: () => Promise<void>;
const work = new ScriptedActivity();

beforeAll(async () => {
  environment = await createIntentEnvironment('reopen');
  const appQueue = `${environment.taskQueue}-app`;
  await register(environment.database, pieceGraph, kindsGraph(appQueue));
  stopWorker = await environment.startWorker();
  stopApp = await startAppWorker(appQueue, { work: work.run });
});
afterAll(async () => {
  killLeftovers();
  await stopApp();
  await environment.close();
});

const operator = { actor: 'ada', reason: 'ticket 4711', scope: 'admin' } as const;

/** An intent that has ended, and whose workflow too. */
async function endedIntent(input: Partial<NewIntentRequest> = {}): Promise<string> {
  const { intents, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'kinds', ...input });
  await intents.transition(id, { to: 'RESTING', requestId: 'rest' });
  await intents.transition(id, { to: 'DONE', requestId: 'end' });
  await temporal.workflow.getHandle(id).result();
  return id;
}

const codesOf = (id: string, mode?: VerifyMode) =>
  findingsOf(environment, { ids: [id] }, mode === undefined ? {} : { mode });

async function startReopening(id: string, organizationId: string, payload: object) {
  const { temporal, taskQueue } = environment;
  return temporal.workflow.signalWithStart('intentWorkflow', {
    taskQueue,
    workflowId: id,
    signal: 'requestTransition',
    signalArgs: [payload],
    args: [{ organizationId, reopen: true }],
  });
}

test('an intent that has ended goes on where an operator puts it, and its row says so', async () => {
  const { intents, temporal } = environment;
  const id = await endedIntent({ title: 'closed too early' });
  expect(await intents.force(id, { to: 'RESTING', ...operator })).toMatchObject({ code: 'TERMINAL_STATE' });

  expect(await intents.force(id, { to: 'RESTING', reopen: true, ...operator })).toMatchObject({
    status: 'applied',
    sequence: 4,
    previousState: 'DONE',
    newState: 'RESTING',
  });
  expect((await intents.history(id)).at(-1)).toMatchObject({
    kind: 'reopen',
    actor: 'ada',
    reason: 'ticket 4711',
  });
  expect(await intents.describe(id)).toMatchObject({ state: 'RESTING', sequence: 4, terminal: false });
  expect(await intents.waitForState(id, 'RESTING')).toMatchObject({ endedAt: null });
  const { memo } = await temporal.workflow.getHandle(id).describe();
  expect(memo).toMatchObject({ title: 'closed too early', organizationId: ORGANIZATION });

  // What was applied before keeps its outcome.
  expect(await intents.transition(id, { to: 'DONE', requestId: 'end' })).toMatchObject({ sequence: 3 });
  expect(await intents.transition(id, { to: 'DONE' })).toMatchObject({ sequence: 5, newState: 'DONE' });
  expect(await temporal.workflow.getHandle(id).result()).toMatchObject({ state: 'DONE', sequence: 5 });
  expect(await codesOf(id, 'fast')).toEqual([]);
});

test('an intent without access to Postgres is reopened as well, and more than once', async () => {
  const { intents, temporal, taskQueue } = environment;
  const distant = await IntentClient.connect({
    databaseUrl: null,
    temporal: { connection: temporal.connection },
    taskQueue,
  });
  const id = await endedIntent();
  for (const sequence of [4, 6, 8]) {
    expect(await distant.force(id, { to: 'RESTING', reopen: true, ...operator })).toMatchObject({ sequence });
    expect(await distant.transition(id, { to: 'DONE' })).toMatchObject({ sequence: sequence + 1 });
    await temporal.workflow.getHandle(id).result();
  }
  expect(
    (await intents.history(id)).map(({ kind }) => kind).filter((kind) => kind === 'reopen'),
  ).toHaveLength(3);
  await distant.close();
});

test('of many who reopen it as they found it, one does', async () => {
  const { intents } = environment;
  const id = await endedIntent();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () =>
      intents.force(id, { to: 'RESTING', reopen: true, expectedState: 'DONE', ...operator }),
    ),
  );
  const lost = outcomes.filter(({ status }) => status === 'rejected');
  expect(lost).toHaveLength(19);
  expect(new Set(lost.map((outcome) => 'code' in outcome && outcome.code))).toEqual(
    new Set(['STATE_CONFLICT']),
  );
});

test('what the state does begins anew, and earlier results are there', async () => {
  const { intents, temporal } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'kinds',
    metadata: { customer: 'c-1' },
  });
  work.on(id, () => 'first');
  await intents.transition(id, { to: 'WORKING' });
  await temporal.workflow.getHandle(id).result();
  work.on(id, () => 'second');
  await intents.force(id, { to: 'WORKING', reopen: true, ...operator });
  await intents.waitForState(id, 'DONE');
  const [, second] = work.callsOf(id);
  expect(second?.order).toMatchObject({ results: { WORKING: 'first' }, metadata: { customer: 'c-1' } });
});

test.each<[string, object, string]>([
  ['into a terminal state', { to: 'CANCELLED' }, 'ILLEGAL_TRANSITION'],
  ['into a state that is none', { to: 'NOWHERE' }, 'UNKNOWN_STATE'],
  ['without the scope', { to: 'RESTING', scope: 'editor' }, 'NOT_PERMITTED'],
  ['when another state is expected', { to: 'RESTING', expectedState: 'CANCELLED' }, 'STATE_CONFLICT'],
])('is refused %s, and the intent has ended as before', async (_how, wrong, code) => {
  const { intents, temporal } = environment;
  const id = await endedIntent();
  const before: unknown = await temporal.workflow.getHandle(id).result();
  const request = { to: 'RESTING', reopen: true, ...operator, ...wrong };
  expect(await intents.force(id, request)).toMatchObject({ status: 'rejected', code, state: 'DONE' });
  expect(await temporal.workflow.getHandle(id).result()).toEqual(before);
  expect(await intents.waitForState(id, 'DONE')).toMatchObject({
    sequence: 3,
    endedAt: expect.any(Date) as Date,
  });
  expect(await codesOf(id, 'fast')).toEqual([]);
});

test('one that goes on is simply forced', async () => {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'kinds' });
  await intents.force(id, { to: 'WAITING', reopen: true, ...operator });
  expect((await intents.history(id)).at(-1)).toMatchObject({ kind: 'force', newState: 'WAITING' });
});

interface Whose {
  id?: string;
  organizationId?: string;
}

test.each<[string, (id: string) => Promise<unknown>, RegExp]>([
  ['of another organization', () => Promise.resolve({ organizationId: randomUUID() }), /has no intent/],
  ['that never was', () => Promise.resolve({ id: randomUUID() }), /has no intent/],
  ['in the archive', archive, /in the archive/],
  ['that was erased', erase, /was erased/],
])('an intent %s is not taken up, whoever asks in whichever language', async (_which, prepare, why) => {
  const { pool, temporal } = environment;
  const ended = await endedIntent({ organizationId: OTHER_ORGANIZATION });
  const { id = ended, organizationId = OTHER_ORGANIZATION } = ((await prepare(ended)) ?? {}) as Whose;
  const request = { kind: 'force', requestId: 'again', to: 'RESTING', reopen: true, ...operator };
  const { signaledRunId } = await startReopening(id, organizationId, request);
  await expect(temporal.workflow.getHandle(id, signaledRunId).result()).rejects.toMatchObject({
    cause: { type: 'NOT_REOPENED', message: expect.stringMatching(why) as string },
  });
  const { rows } = await pool.query('SELECT 1 FROM workflow_transition_audit_all WHERE workflow_id = $1', [
    ended,
  ]);
  expect(rows).toHaveLength(3);
});

test.each<[string, (id: string) => Promise<void>]>([
  ['archive', archive],
  ['erased', erase],
])('the client says at once that it is not reopened: %s', async (why, prepare) => {
  const { intents, temporal } = environment;
  const id = await endedIntent({ organizationId: OTHER_ORGANIZATION });
  const { runId } = await temporal.workflow.getHandle(id).describe();
  await prepare(id);
  expect(await intents.force(id, { to: 'RESTING', reopen: true, ...operator })).toMatchObject({
    code: 'TERMINAL_STATE',
    message: expect.stringContaining(why) as string,
  });
  expect((await temporal.workflow.getHandle(id).describe()).runId).toBe(runId);
});

test('Postgres itself lets nothing be reopened whose rows were just taken away', async () => {
  const { pool, superuser } = environment;
  const id = await endedIntent({ organizationId: OTHER_ORGANIZATION });
  await archive();
  const row = `INSERT INTO workflow_transition_audit
      (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at, kind, graph_version)
    VALUES ('${id}', '${OTHER_ORGANIZATION}', 4, 'late', 'DONE', 'RESTING', now(), 'reopen', 1)`;
  await expect(superuser.query(row)).rejects.toMatchObject({ code: 'IE003' });
  const { rows } = await pool.query('SELECT state FROM intent_workflows WHERE id = $1', [id]);
  expect(rows).toEqual([{ state: 'DONE' }]);
});

test('nothing that the caller brings along counts', async () => {
  const { intents, temporal, taskQueue } = environment;
  const id = await endedIntent();
  const args = [{ organizationId: ORGANIZATION, reopen: true, state: 'RESTING' }];
  const handle = await temporal.workflow.start('intentWorkflow', { taskQueue, workflowId: id, args });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  // A workflow of the same id that failed is on top of its histories now.
  expect(await intents.describe(id)).toMatchObject({ state: 'DONE', sequence: 3, terminal: true });
  expect(await codesOf(id, 'fast')).toEqual([]);
  expect(await codesOf(id)).toEqual([]);
  expect(await intents.force(id, { to: 'RESTING', reopen: true, ...operator })).toMatchObject({
    sequence: 4,
  });
  expect(await codesOf(id)).toEqual([]);
});

test('a worker that dies between the commit of the row and its workflow task changes nothing', async () => {
  const { intents, startWorker } = environment;
  const id = await endedIntent();
  await stopWorker();
  const crashing = await startCrashingWorker(environment, 'recordOutcomes', 'reopen');
  const reopened = intents.force(id, { to: 'RESTING', requestId: 'again', reopen: true, ...operator });
  expect(await crashing.exited).toBe('SIGKILL');
  expect(await reopened).toMatchObject({ sequence: 4 });
  // Two more in the gap: one that would not be lawful before, and the same again.
  await intents.requestTransition(id, { to: 'DONE', requestId: 'end again' });
  const again = { kind: 'force', requestId: 'again', to: 'RESTING', reopen: true, ...operator };
  await environment.temporal.workflow.getHandle(id).signal('requestTransition', again);
  stopWorker = await startWorker();
  await intents.waitForState(id, 'DONE', { timeoutMs: 60_000 });
  expect((await intents.history(id)).map(({ requestId }) => requestId)).toEqual([
    'creation',
    'rest',
    'end',
    'again',
    'end again',
  ]);
}, 120_000);

test('a run that continues as new after it knows what the intent was created with', async () => {
  const { intents, temporal } = environment;
  const id = await endedIntent({ metadata: { customer: 'c-2' } });
  await intents.force(id, { to: 'RESTING', reopen: true, ...operator });
  const runs = async () => {
    const { runId, raw } = await temporal.workflow.getHandle(id).describe();
    return { runId, first: raw.workflowExecutionInfo?.firstRunId };
  };
  // Repeated ids change nothing, and make a history long.
  const before = await runs();
  await eventually(async () => {
    await Promise.all(
      Array.from({ length: 100 }, () => intents.requestTransition(id, { to: 'DONE', requestId: 'end' })),
    );
    expect((await runs()).runId).not.toBe(before.runId);
  }, 100_000);
  expect((await runs()).first).toBe(before.first);
  work.on(id, () => 'done');
  await intents.force(id, { to: 'WORKING', ...operator });
  await intents.waitForState(id, 'DONE');
  expect(work.callsOf(id)[0]?.order).toMatchObject({ metadata: { customer: 'c-2' } });
}, 120_000);

test('replaying the histories of all of these intents yields exactly the rows in Postgres', async () => {
  expect(await findingsOf(environment, { organizationId: ORGANIZATION })).toEqual([]);
}, 120_000);

test('what was recorded after it is restored from Temporal, into an empty table too', async () => {
  const { intents, pool, superuser, temporal } = environment;
  const id = await endedIntent();
  await intents.force(id, { to: 'RESTING', reopen: true, ...operator });
  const before = await intents.history(id);
  await superuser.query(`SET session_replication_role = replica;
    DELETE FROM workflow_transition_audit WHERE workflow_id = '${id}';
    DELETE FROM intent_workflows WHERE id = '${id}';
    SET session_replication_role = DEFAULT`);
  expect(await intents.history(id)).toEqual([]);
  const left: string[] = [];
  await asOwner(async (owner) => {
    await reconcile({
      pool: owner,
      client: temporal,
      apply: true,
      ids: [id],
      workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
      onFinding: () => undefined,
      onRestore: () => undefined,
      onLeft: (_id, reason) => left.push(reason),
    });
  });
  expect(left).toEqual([]);
  const withoutTime = (rows: typeof before) => rows.map(({ createdAt: _, ...row }) => row);
  expect(withoutTime(await intents.history(id))).toEqual(withoutTime(before));
  const { rows } = await pool.query('SELECT state, ended_at FROM intent_workflows WHERE id = $1', [id]);
  expect(rows).toEqual([{ state: 'RESTING', ended_at: null }]);
  expect(await codesOf(id)).toEqual([]);
});

/** All that has ended of the other organization. */
async function archive(): Promise<void> {
  await asOwner(async (pool) => {
    const before = new Date(Date.now() + 60_000);
    await archiveIntents({ pool, before, organizationId: OTHER_ORGANIZATION });
  });
}

async function erase(id: string): Promise<void> {
  await asOwner(async (pool) => {
    await pool.query("SELECT intent_erase($1, 'asked for')", [id]);
  });
}

async function asOwner(work: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = createPool({
    databaseUrl: environment.database.ownerUrl,
    applicationName: 'test reopen',
  });
  await work(pool).finally(() => pool.end());
}
