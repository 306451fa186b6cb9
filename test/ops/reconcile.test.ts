import { reconcile, type ReconcileOptions, type Restored } from '../../src/ops/reconcile';
import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { contentIntentGraph } from '../../src/graph';
import { capturedRun } from '../cli/captured-run';
import { createEmptyDatabase } from '../database/empty-database';
import { eventually } from '../setup/eventually';
import { fromEnvironment, ORGANIZATION } from '../setup/intent-environment';
import { contentsOf } from './contents';
import { useOwnServers } from './own-servers';

const servers = useOwnServers();
const { verified, walked, forgetInPostgres } = servers;

async function reconciled(options: Partial<ReconcileOptions> = {}) {
  const [found, mended, reasons]: [string[], Restored[], string[]] = [[], [], []];
  const summary = await reconcile({
    pool: servers.pool,
    client: servers.temporal,
    apply: true,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    onFinding: ({ code }) => found.push(code),
    onRestore: (restored) => mended.push(restored),
    onLeft: (_id, reason) => reasons.push(reason),
    ...options,
  });
  return { ...summary, found, mended, reasons };
}

const contents = (ids: string[]) => contentsOf(servers.owner, ids);

async function withRejections(): Promise<string> {
  const id = await walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
  await servers.intents.transition(id, { to: 'COMPLETED', actor: 'bob', reason: 'too early' });
  await servers.intents.transition(id, { to: 'ICP_FAILED', metadata: { tries: [1, null] } });
  return id;
}

test('nothing is done where nothing is missing', async () => {
  const id = await withRejections();
  const before = await contents([id]);
  expect(await reconciled()).toMatchObject({ intents: 1, restored: 0, left: 0, found: [] });
  expect(await contents([id])).toEqual(before);
});

test('rows that Postgres lost come back as they were, once, and only if told to', async () => {
  const id = await withRejections();
  const before = await contents([id]);
  await forgetInPostgres(id, 3);
  const lost = await contents([id]);

  const dry = await reconciled({ ids: [id], apply: false });
  expect(dry).toMatchObject({ restored: 1, transitions: 2, rejections: 1, applied: false });
  expect(await contents([id])).toEqual(lost);

  const real = await reconciled({ ids: [id] });
  expect(real.mended).toEqual([{ intentId: id, created: false, transitions: 2, rejections: 1 }]);
  expect(await contents([id])).toEqual(before);
  expect(await reconciled({ ids: [id] })).toMatchObject({ restored: 0, left: 0 });
  expect((await verified({ ids: [id] })).found).toEqual([]);
});

test('a run that is stopped goes on where it was, and counts as one', async () => {
  const ids = [await withRejections(), await withRejections(), await withRejections()];
  for (const id of ids) await forgetInPostgres(id, 3);
  let kept: object | undefined;
  const checkpoint = {
    name: 'memory',
    read: () => kept,
    write: (position: object) => (kept = structuredClone(position)),
    remove: () => (kept = undefined),
  };
  const interrupted = new AbortController();
  const first = await reconciled({
    ids,
    checkpoint,
    signal: interrupted.signal,
    onProgress: ({ done }) => done === 2 && interrupted.abort(),
  });
  expect(first).toMatchObject({ intents: 2, restored: 2, complete: false });
  const second = await reconciled({ ids, checkpoint });
  expect(second).toMatchObject({ intents: 3, restored: 3, transitions: 6, left: 0, complete: true });
  expect(second.mended).toHaveLength(1);
  expect([...first.mended, ...second.mended].map(({ intentId }) => intentId)).toEqual(ids.toSorted());
  expect(kept).toBeUndefined();
});

test('an intent whose recording waits for lost rows goes on by itself once they are back', async () => {
  const { intents } = servers;
  const id = await withRejections();
  await forgetInPostgres(id, 4);
  await intents.requestTransition(id, { to: 'ICP_PROCESSING', requestId: 'after the loss' });
  await eventually(async () => expect((await intents.describe(id)).mirrorLag).toBe(1));
  await reconciled({ ids: [id] });
  await eventually(async () => expect((await intents.describe(id)).mirrorLag).toBe(0));
  expect(await intents.outcome(id, 'after the loss')).toMatchObject({ status: 'applied', sequence: 5 });
  expect((await verified({ ids: [id] })).found).toEqual([]);
});

test('a row that differs is reported and never touched, nor is anything inserted on top of it', async () => {
  const { owner } = servers;
  const id = await withRejections();
  await forgetInPostgres(id, 4);
  await owner.query('ALTER TABLE workflow_transition_audit DISABLE TRIGGER check_change');
  await owner.query(
    `UPDATE workflow_transition_audit SET actor = 'eve' WHERE workflow_id = $1 AND sequence = 2`,
    [id],
  );
  await owner.query('ALTER TABLE workflow_transition_audit ENABLE TRIGGER check_change');
  const before = await contents([id]);
  const result = await reconciled({ ids: [id] });
  expect(result).toMatchObject({ mended: [], left: 1, reasons: ['ROW_ALTERED: somebody has to look'] });
  expect(result.found).toEqual(['ROW_ALTERED', 'WITNESS_DIFFERS', 'TEMPORAL_AHEAD', 'TEMPORAL_AHEAD']);
  expect(await contents([id])).toEqual(before);
  // For the tests that follow.
  await forgetInPostgres(id, 1);
  await reconciled();
});

test('an empty database is filled from Temporal alone', async () => {
  const ids = [await withRejections(), await walked(ORGANIZATION, ['ICP_PENDING', 'CANCELLED'])];
  const { rows } = await servers.pool.query<{ id: string }>('SELECT id FROM intent_workflows');
  const all = rows.map(({ id }) => id);
  const before = await contents(all);
  for (const id of all) await forgetInPostgres(id, 1);
  expect(await contents(all)).toEqual([]);

  const result = await reconciled();
  expect(result).toMatchObject({ intents: all.length, left: 0 });
  expect(result.mended.every(({ created }) => created)).toBe(true);
  expect(await contents(all)).toEqual(before);
  expect(all).toEqual(expect.arrayContaining(ids));
  expect((await verified()).found).toEqual([]);
});

test('the command says what it would do and exits with 1, does it with --apply, and then has nothing left to do', async () => {
  const id = await withRejections();
  await forgetInPostgres(id, 1);
  const env = servers.stack.env as NodeJS.ProcessEnv;
  const dry = await capturedRun(['reconcile', id], env);
  expect(dry.exitCode).toBe(1);
  expect(dry.stdout).toContain(`would restore intent ${id} altogether: 4 audit rows, 1 rejections`);
  const real = await capturedRun(['reconcile', '--apply', '--json'], env);
  expect(real.exitCode).toBe(0);
  expect(JSON.parse(real.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'summary',
    restored: 1,
    transitions: 4,
    applied: true,
  });
  expect(await capturedRun(['reconcile'], env)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Postgres has all that Temporal knows.') as string,
  });
});

test('rebuild fills a new database, with the graphs that the intents have followed', async () => {
  const { owner, stack, intents } = servers;
  const env = stack.env as NodeJS.ProcessEnv;
  await registerGraph(owner, { ...contentIntentGraph, version: 7 });
  await registerGraph(owner, { ...contentIntentGraph, version: 8 });
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'content-intent@7',
    title: 'seventh',
  });
  await intents.transition(id, { to: 'ICP_PENDING' });
  await intents.migrate(id, { graph: 'content-intent@8' });
  await intents.transition(id, { to: 'CANCELLED' });
  await servers.temporal.workflow.getHandle(id).result();
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM intent_workflows');
  const ids = rows.map((row) => row.id);
  const before = await contents(ids);

  const database = await createEmptyDatabase();
  const empty = { ...env, DATABASE_URL: database.ownerUrl, OWNER_DATABASE_URL: database.ownerUrl };
  const rebuilt = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test', max: 1 });
  try {
    const run = await capturedRun(['rebuild'], empty);
    expect(run.stdout).toContain(`restored intent ${id} altogether: 4 audit rows, 0 rejections`);
    expect(run.exitCode).toBe(0);
    expect(await contentsOf(rebuilt, ids)).toEqual(before);
    expect((await capturedRun(['rebuild'], empty)).stdout).toContain('Postgres has all that Temporal knows.');
  } finally {
    await rebuilt.end();
    await database.drop();
  }
});
