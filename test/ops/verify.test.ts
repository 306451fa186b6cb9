import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { startStack, type Stack } from '../../src/dev/stack/stack';
import type { Finding } from '../../src/ops/findings';
import { verify, type VerifyOptions, type VerifySummary } from '../../src/ops/verify';
import { capturedRun } from '../cli/captured-run';
import { eventually } from '../setup/eventually';
import { fromEnvironment, ORGANIZATION, OTHER_ORGANIZATION } from '../setup/intent-environment';

/** Servers of its own: what Postgres lacks is looked for among all workflows that Temporal has. */
let stack: Stack;
let connection: Connection;
let temporal: Client;
let intents: IntentClient;
let pool: Pool;
let owner: Pool;
let folder: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = mkdtempSync(join(tmpdir(), 'verify-test-'));
  stack = await startStack({ temporary: true, headless: true, postgresSettings: { fsync: 'off' } });
  connection = await Connection.connect({ address: stack.env['TEMPORAL_ADDRESS'] ?? '' });
  temporal = new Client({ connection });
  pool = createPool({ databaseUrl: stack.env['DATABASE_URL'] ?? '', applicationName: 'test verify' });
  owner = createPool({ databaseUrl: stack.env['OWNER_DATABASE_URL'] ?? '', applicationName: 'test verify' });
  intents = await IntentClient.connect({
    databaseUrl: stack.env['DATABASE_URL'] ?? '',
    temporal: { connection },
  });
}, 60_000);
afterAll(async () => {
  await intents.close();
  await Promise.all([pool.end(), owner.end(), connection.close()]);
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Verified extends VerifySummary {
  found: Finding[];
  notChecked: string[];
}

async function verified(options: Partial<VerifyOptions> = {}): Promise<Verified> {
  const found: Finding[] = [];
  const notChecked: string[] = [];
  const summary = await verify({
    mode: 'full',
    pool,
    client: temporal,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    onFinding: (finding) => found.push(finding),
    onUnchecked: (_id, reason) => notChecked.push(reason),
    ...options,
  });
  return { ...summary, found, notChecked };
}

async function walked(organizationId: string, states: string[]): Promise<string> {
  const { id } = await intents.create({ organizationId });
  for (const to of states) await intents.transition(id, { to, actor: 'ada' }, { timeoutMs: 30_000 });
  await intents.waitForState(id, states.at(-1) ?? 'CREATED');
  return id;
}

/** As a restore of a backup from before would leave it: the owner's rules stand in the way of a mere DELETE. */
async function forgetInPostgres(id: string, fromSequence: number): Promise<void> {
  await owner.query('ALTER TABLE workflow_transition_audit DISABLE TRIGGER refuse_change');
  await owner.query('ALTER TABLE intent_workflows DISABLE TRIGGER USER');
  await owner.query('DELETE FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence >= $2', [
    id,
    fromSequence,
  ]);
  if (fromSequence === 1) await owner.query('DELETE FROM intent_workflows WHERE id = $1', [id]);
  else {
    await owner.query(
      `UPDATE intent_workflows i SET state = a.new_state, sequence = a.sequence, audit_hash = a.hash, ended_at = NULL
         FROM workflow_transition_audit a
        WHERE i.id = $1 AND a.workflow_id = i.id AND a.sequence = $2`,
      [id, fromSequence - 1],
    );
  }
  await owner.query('ALTER TABLE workflow_transition_audit ENABLE TRIGGER refuse_change');
  await owner.query('ALTER TABLE intent_workflows ENABLE TRIGGER USER');
}

let running: string;
let ended: string;
let long: string;

describe('while nothing is wrong', () => {
  beforeAll(async () => {
    running = await walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
    ended = await walked(OTHER_ORGANIZATION, ['ICP_PENDING', 'CANCELLED']);
    long = await walked(ORGANIZATION, ['ICP_PENDING']);
    const first = (await temporal.workflow.getHandle(long).describe()).runId;
    // Over continue-as-new, which comes after some 170 transitions.
    const isFirst = async () => (await temporal.workflow.getHandle(long).describe()).runId === first;
    for (let round = 0; round < 20 && (await isFirst()); round += 1) {
      for (let pair = 0; pair < 10; pair += 1) {
        await intents.transition(long, { to: 'ICP_PROCESSING' }, { timeoutMs: 30_000 });
        await intents.transition(long, { to: 'ICP_FAILED' }, { timeoutMs: 30_000 });
      }
    }
    expect(await isFirst()).toBe(false);
  }, 120_000);

  test.each(['sql', 'fast', 'full'] as const)('%s is clean, also under load', async (mode) => {
    const load = Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        intents.transition(running, { to: index % 2 === 0 ? 'ICP_FAILED' : 'ICP_PROCESSING' }),
      ),
    );
    expect(await verified({ mode })).toMatchObject({
      intents: 3,
      witnessed: mode === 'sql' ? 0 : 3,
      unchecked: 0,
      forgotten: 0,
      found: [],
      complete: true,
    });
    await load;
  });

  test('one organization, or the intents that are named, are verified alone', async () => {
    expect(await verified({ organizationId: OTHER_ORGANIZATION })).toMatchObject({ intents: 1, found: [] });
    expect(await verified({ ids: [running, ended] })).toMatchObject({ intents: 2, found: [] });
  });

  test('the command exits with 0, prints a summary, and as JSON a line of it', async () => {
    const env = stack.env as NodeJS.ProcessEnv;
    const people = await capturedRun(['verify', '--fast'], env);
    expect(people).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Clean.') as string });
    const { stdout, exitCode } = await capturedRun(['verify', '--sql-only', '--json'], env);
    expect([JSON.parse(stdout), exitCode]).toMatchObject([{ type: 'summary', mode: 'sql', intents: 3 }, 0]);
  });

  test('a server that does not answer exits with 2, and so does wrong usage', async () => {
    const env = { ...(stack.env as NodeJS.ProcessEnv), DATABASE_URL: 'postgres://x:x@127.0.0.1:1/x' };
    expect(await capturedRun(['verify', '--sql-only'], env)).toMatchObject({ exitCode: 2 });
    expect(await capturedRun(['verify', 'no-uuid'], env)).toMatchObject({ exitCode: 2 });
    expect(await capturedRun(['verify', '--fast', '--sql-only'], env)).toMatchObject({ exitCode: 2 });
  });

  test('a run that was stopped goes on from its checkpoint, and leaves none when it is through', async () => {
    const checkpoint = join(folder, 'checkpoint.json');
    const stop = new AbortController();
    const options = { mode: 'sql', pageSize: 1, checkpoint } as const;
    const onProgress = ({ done }: { done: number }) => done === 2 && stop.abort();
    expect(await verified({ ...options, signal: stop.signal, onProgress })).toMatchObject({
      intents: 2,
      complete: false,
    });
    expect(JSON.parse(readFileSync(checkpoint, 'utf8'))).toMatchObject({ done: 2 });

    await expect(verified({ ...options, mode: 'full' })).rejects.toThrow(
      'is of another run (sql of everything)',
    );
    const progress: number[] = [];
    const resumed = await verified({ ...options, onProgress: ({ done }) => progress.push(done) });
    expect(resumed).toMatchObject({ intents: 3, complete: true });
    expect(progress).toEqual([2, 3]);
    expect(() => readFileSync(checkpoint)).toThrow('ENOENT');

    writeFileSync(checkpoint, 'something else');
    await expect(verified(options)).rejects.toThrow('is no checkpoint');
  });
});

describe('after a restore', () => {
  test('rows that Postgres lost are told from those that it never had', async () => {
    const id = await walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING', 'CANCELLED']);
    await forgetInPostgres(id, 3);
    expect((await verified({ mode: 'sql', ids: [id] })).found).toEqual([]);
    expect((await verified({ mode: 'fast', ids: [id] })).found).toMatchObject([
      { code: 'TEMPORAL_AHEAD', sequence: 4 },
    ]);
    expect((await verified({ ids: [id] })).found).toMatchObject([
      { code: 'TEMPORAL_AHEAD', sequence: 3 },
      { code: 'TEMPORAL_AHEAD', sequence: 4 },
    ]);
    await forgetInPostgres(id, 1);
  });

  test('an intent that Postgres lost altogether is found among the workflows of Temporal', async () => {
    const id = await walked(ORGANIZATION, ['ICP_PENDING']);
    await forgetInPostgres(id, 1);
    const { found } = await verified();
    expect(found).toContainEqual({
      code: 'TEMPORAL_AHEAD',
      intentId: id,
      organizationId: ORGANIZATION,
      detail: 'Postgres lacks the intent and its 2 audit rows',
    });
    await temporal.workflow.getHandle(id).terminate('seen');
  });

  test('what retention has deleted is said to be deleted, and Postgres alone speaks for it', async () => {
    const { workflowService } = temporal;
    await workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: ended },
    });
    await eventually(async () =>
      expect(await verified({ ids: [ended] })).toMatchObject({ witnessed: 0, forgotten: 1, found: [] }),
    );
  });

  test('the head that a run carries over witnesses for the runs that retention has deleted', async () => {
    const { rows } = await pool.query<{ run_id: string }>(
      'SELECT run_id FROM intent_workflows WHERE id = $1',
      [long],
    );
    await temporal.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: long, runId: rows[0]?.run_id ?? '' },
    });
    await eventually(async () => {
      const first = temporal.workflow.getHandle(long, rows[0]?.run_id);
      await expect(first.describe()).rejects.toThrow('not found');
    });
    expect(await verified({ ids: [long] })).toMatchObject({ witnessed: 1, found: [] });
    await owner.query('ALTER TABLE workflow_transition_audit DISABLE TRIGGER refuse_change');
    await owner.query(`UPDATE workflow_transition_audit SET hash = repeat('0', 64)
                        WHERE workflow_id = '${long}' AND sequence <= 300`);
    await owner.query('ALTER TABLE workflow_transition_audit ENABLE TRIGGER refuse_change');
    const { found } = await verified({ ids: [long] });
    expect(found.map(({ code }) => code)).toContain('WITNESS_DIFFERS');
  });
});
