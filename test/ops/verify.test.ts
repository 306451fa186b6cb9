import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';

import { checkpointFile } from '../../src/ops/checkpoint-file';
import { capturedRun } from '../cli/captured-run';
import { eventually } from '../setup/eventually';
import { ORGANIZATION, OTHER_ORGANIZATION } from '../setup/intent-environment';
import { useOwnServers } from './own-servers';

const servers = useOwnServers();
const { verified, walked, forgetInPostgres } = servers;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let running: string;
let ended: string;
let long: string;

describe('while nothing is wrong', () => {
  beforeAll(async () => {
    running = await walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
    ended = await walked(OTHER_ORGANIZATION, ['ICP_PENDING', 'CANCELLED']);
    long = await walked(ORGANIZATION, ['ICP_PENDING']);
    const first = (await servers.temporal.workflow.getHandle(long).describe()).runId;
    // Over continue-as-new, which comes after some 170 transitions.
    const isFirst = async () => (await servers.temporal.workflow.getHandle(long).describe()).runId === first;
    for (let round = 0; round < 20 && (await isFirst()); round += 1) {
      for (let pair = 0; pair < 10; pair += 1) {
        await servers.intents.transition(long, { to: 'ICP_PROCESSING' }, { timeoutMs: 30_000 });
        await servers.intents.transition(long, { to: 'ICP_FAILED' }, { timeoutMs: 30_000 });
      }
    }
    expect(await isFirst()).toBe(false);
  }, 120_000);

  test.each(['sql', 'fast', 'full'] as const)('%s is clean, also under load', async (mode) => {
    const load = Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        servers.intents.transition(running, { to: index % 2 === 0 ? 'ICP_FAILED' : 'ICP_PROCESSING' }),
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
    const env = servers.stack.env as NodeJS.ProcessEnv;
    const people = await capturedRun(['verify', '--fast'], env);
    expect(people).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Clean.') as string });
    const { stdout, exitCode } = await capturedRun(['verify', '--sql-only', '--json'], env);
    expect([JSON.parse(stdout), exitCode]).toMatchObject([{ type: 'summary', mode: 'sql', intents: 3 }, 0]);
  });

  test('a server that does not answer exits with 2, and so does wrong usage', async () => {
    const env = { ...(servers.stack.env as NodeJS.ProcessEnv), DATABASE_URL: 'postgres://x:x@127.0.0.1:1/x' };
    expect(await capturedRun(['verify', '--sql-only'], env)).toMatchObject({ exitCode: 2 });
    expect(await capturedRun(['verify', 'no-uuid'], env)).toMatchObject({ exitCode: 2 });
    expect(await capturedRun(['verify', '--fast', '--sql-only'], env)).toMatchObject({ exitCode: 2 });
  });

  test('a Temporal that does not answer is told once, and not of every intent', async () => {
    const nowhere = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
    const notChecked: string[] = [];
    const onUnchecked = (id: string) => notChecked.push(id);
    await expect(verified({ mode: 'fast', client: nowhere, onUnchecked })).rejects.toThrow(
      /^Temporal does not answer \(.*try again when it does$/,
    );
    expect(notChecked).toEqual([]);
  });

  test('an intent that is named and not there is not called clean', async () => {
    const nobody = '00000000-0000-4000-8000-00000000dead';
    for (const mode of ['sql', 'fast', 'full'] as const) {
      expect(await verified({ mode, ids: [nobody] })).toMatchObject({
        unchecked: 1,
        witnessed: 0,
        found: [],
      });
    }
    const { exitCode, stdout } = await capturedRun(['verify', '--sql-only', nobody], servers.stack.env);
    expect(exitCode).toBe(2);
    expect(stdout).not.toContain('Clean.');
  });

  test('a run that was stopped goes on from its checkpoint, and leaves none when it is through', async () => {
    const checkpoint = join(folder, 'checkpoint.json');
    const stop = new AbortController();
    const options = { mode: 'sql', pageSize: 1, checkpoint: checkpointFile(checkpoint) } as const;
    const onProgress = ({ done }: { done: number }) => done === 2 && stop.abort();
    expect(await verified({ ...options, signal: stop.signal, onProgress })).toMatchObject({
      intents: 2,
      complete: false,
    });
    expect(JSON.parse(readFileSync(checkpoint, 'utf8'))).toMatchObject({ counts: { intents: 2 } });

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
  test('what was found before a run was stopped still counts when it goes on', async () => {
    const { rows } = await servers.pool.query<{ id: string; title: string }>(
      'SELECT id, title FROM intent_workflows ORDER BY id LIMIT 1',
    );
    const setTitle = async (title: string | undefined) => {
      await servers.owner.query('ALTER TABLE intent_workflows DISABLE TRIGGER check_move');
      await servers.owner.query('UPDATE intent_workflows SET title = $2 WHERE id = $1', [rows[0]?.id, title]);
      await servers.owner.query('ALTER TABLE intent_workflows ENABLE TRIGGER check_move');
    };
    await setTitle('forged');
    const options = { pageSize: 1, checkpoint: checkpointFile(join(folder, 'drift.json')) } as const;
    const stop = new AbortController();
    const first = await verified({ ...options, signal: stop.signal, onFinding: () => stop.abort() });
    expect(first).toMatchObject({ intents: 1, complete: false, findings: { INTENT_ALTERED: 1 } });

    const resumed = await verified(options);
    expect(resumed).toMatchObject({ intents: 3, witnessed: 3, complete: true, found: [] });
    expect(resumed.findings).toEqual({ INTENT_ALTERED: 1 });
    await setTitle(rows[0]?.title);
  });

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
    expect((await verified({ ids: [id] })).found).toMatchObject([{ code: 'TEMPORAL_AHEAD', intentId: id }]);
    await servers.temporal.workflow.getHandle(id).terminate('seen');
  });

  test('what retention has deleted is said to be deleted, and Postgres alone speaks for it', async () => {
    const { workflowService } = servers.temporal;
    await workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: ended },
    });
    await eventually(async () =>
      expect(await verified({ ids: [ended] })).toMatchObject({ witnessed: 0, forgotten: 1, found: [] }),
    );
  });

  test('an intent that goes on and that Temporal does not know is drift, not retention', async () => {
    const id = await walked(ORGANIZATION, ['ICP_PENDING']);
    const handle = servers.temporal.workflow.getHandle(id);
    await handle.terminate('lost');
    await servers.temporal.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: id },
    });
    await eventually(() => expect(handle.describe()).rejects.toThrow('not found'));
    for (const mode of ['fast', 'full'] as const) {
      expect(await verified({ mode, ids: [id] })).toMatchObject({
        forgotten: 0,
        found: [{ code: 'POSTGRES_AHEAD', intentId: id }],
      });
    }
    await forgetInPostgres(id, 1);
  });

  test('the head that a run carries over witnesses for the runs that retention has deleted', async () => {
    const { rows } = await servers.pool.query<{ run_id: string }>(
      'SELECT run_id FROM intent_workflows WHERE id = $1',
      [long],
    );
    await servers.temporal.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: long, runId: rows[0]?.run_id ?? '' },
    });
    await eventually(async () => {
      const first = servers.temporal.workflow.getHandle(long, rows[0]?.run_id);
      await expect(first.describe()).rejects.toThrow('not found');
    });
    expect(await verified({ ids: [long] })).toMatchObject({ witnessed: 1, found: [] });
    await servers.owner.query('ALTER TABLE workflow_transition_audit DISABLE TRIGGER check_change');
    await servers.owner.query(`UPDATE workflow_transition_audit SET hash = repeat('0', 64)
                        WHERE workflow_id = '${long}' AND sequence <= 300`);
    await servers.owner.query('ALTER TABLE workflow_transition_audit ENABLE TRIGGER check_change');
    const { found } = await verified({ ids: [long] });
    expect(found.map(({ code }) => code)).toContain('WITNESS_DIFFERS');
  });
});
