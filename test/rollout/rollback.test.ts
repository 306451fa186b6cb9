import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SMOKE_ORGANIZATION } from '../../src/rollout/smoke/smoke-organization';
import { capturedRun } from '../cli/captured-run';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { runChecked, runOne, seen } from './run-check';

let environment: IntentEnvironment;
let env: NodeJS.ProcessEnv;
let folder: string;
let baseline: string;
let stopWorker: () => Promise<void>;
const ids: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intent-rollback-'));
  environment = await createIntentEnvironment('rollback');
  stopWorker = await environment.startWorker();
  env = {
    DATABASE_URL: environment.database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  };
  for (const title of ['one', 'two', 'three']) {
    const { id } = await environment.intents.create({ organizationId: ORGANIZATION, title });
    await environment.intents.transition(id, { to: 'ICP_PENDING', actor: 'ada' }, { timeoutMs: 30_000 });
    ids.push(id);
  }
  baseline = join(folder, 'baseline.json');
  const run = await capturedRun(['smoke', ...queue(), '--transitions', '4', '--json'], env);
  await writeFile(baseline, run.stdout);
});
afterAll(async () => {
  await environment?.close();
  await rm(folder, { recursive: true, force: true });
});

const queue = () => ['--task-queue', environment.taskQueue];
const check = (name: string, args: string[] = []) =>
  runOne('rollback-check', name, env, [...queue(), ...args]);

async function baselineOf(p50Ms: number, p95Ms: number): Promise<string> {
  const path = join(folder, 'other.json');
  await writeFile(path, JSON.stringify({ measured: { transitions: 4, p50Ms, p95Ms } }));
  return path;
}

test('after a good way back all holds, and running intents are as they were', async () => {
  // How fast it is here and now is no matter of this test.
  const args = ['--baseline', baseline, '--max-slowdown', '1000', '--transitions', '4', '--all'];
  const { exitCode, checks } = await runChecked(['rollback-check', ...queue(), ...args], env);
  expect(
    [...checks.values()].map(({ name, status, saw }) => [name, status, status === 'failed' ? saw : []]),
  ).toEqual([
    ['app-starts', 'passed', []],
    ['startup-validation', 'skipped', []],
    ['running-intents', 'passed', []],
    ['no-corruption', 'passed', []],
    ['performance', 'passed', []],
    ['clean-up', 'passed', []],
  ]);
  expect(exitCode).toBe(0);
  expect(checks.get('no-corruption')?.saw[0]).toMatch(/^\d+ intents: their chains are unbroken/);
  const { rows } = await environment.pool.query<{ state: string; count: number }>(
    `SELECT state::text, count(*)::integer AS count FROM intent_workflows
      GROUP BY organization_id, state ORDER BY organization_id = $1`,
    [SMOKE_ORGANIZATION],
  );
  expect(rows).toEqual([
    { state: 'ICP_PENDING', count: 3 },
    { state: 'CANCELLED', count: 2 },
  ]);
});

test('a worker of another build is not the one that one went back to', async () => {
  expect(seen(await check('app-starts', ['--build-id', '0.0.1-before']))).toContain(
    'no worker of the build 0.0.1-before polls',
  );
});

test('without a baseline, with one that is none, and with one that was much faster it fails', async () => {
  expect(seen(await check('performance'))).toContain('--baseline is not given');
  const none = join(folder, 'none.json');
  await writeFile(none, '{"measured":{}}');
  expect(seen(await check('performance', ['--baseline', none]))).toContain(
    'it has no figures of intent smoke',
  );
  const fast = await baselineOf(0.001, 0.001);
  const slower = await check('performance', ['--baseline', fast, '--transitions', '2']);
  expect(slower.status).toBe('failed');
  expect(seen(slower)).toMatch(/p50 is [\d.]+ ms, [\d.]+ times the 0\.001 ms of before/);
  const slow = await baselineOf(60_000, 60_000);
  expect(await check('performance', ['--baseline', slow, '--transitions', '2'])).toMatchObject({
    status: 'passed',
  });
});

describe('with something broken', () => {
  /** As a superuser for whom no trigger fires. */
  async function forge(sql: string, values: unknown[]): Promise<void> {
    const client = await environment.superuser.connect();
    try {
      await client.query('SET session_replication_role = replica');
      await client.query(sql, values);
    } finally {
      client.release(true);
    }
  }

  test('an audit row that was changed is found', async () => {
    const change =
      'UPDATE workflow_transition_audit SET new_state = $2::workflow_state WHERE workflow_id = $1 AND sequence = 2';
    await forge(change, [ids[0], 'COMPLETED']);
    const report = await check('no-corruption');
    expect(report.status).toBe('failed');
    expect(seen(report)).toContain(`ROW_ALTERED intent ${ids[0]}`);
    await forge(change, [ids[0], 'ICP_PENDING']);
    expect(await check('no-corruption')).toMatchObject({ status: 'passed' });
  });

  test('an intent whose workflow is gone is found', async () => {
    const { id } = await environment.intents.create({ organizationId: ORGANIZATION, title: 'lost' });
    await environment.intents.waitForState(id, 'CREATED', { timeoutMs: 30_000 });
    await environment.temporal.workflow.getHandle(id).terminate('broken on purpose');
    const report = await check('running-intents');
    expect(report.saw).toEqual([
      `intent ${id}: its workflow is TERMINATED, and Postgres says that it goes on`,
    ]);
    await forge('UPDATE intent_workflows SET ended_at = now() WHERE id = $1', [id]);
    expect(await check('running-intents')).toMatchObject({ status: 'passed' });
  });

  test('rows that Postgres lacks are found', async () => {
    const [id = ''] = ids;
    await forge('ALTER TABLE workflow_transition_audit RENAME TO hidden', []);
    try {
      await environment.intents.requestTransition(id, { to: 'ICP_PROCESSING', actor: 'ada' });
      expect(seen(await check('running-intents'))).toContain(
        `intent ${id}: it has decided 3 transitions, and 2 are recorded`,
      );
    } finally {
      await forge('ALTER TABLE hidden RENAME TO workflow_transition_audit', []);
    }
    await environment.intents.waitForState(id, 'ICP_PROCESSING', { timeoutMs: 30_000 });
  });

  test('without a worker no intent answers', async () => {
    await stopWorker();
    const report = await check('running-intents', ['--sample', '2']);
    expect(report.status).toBe('failed');
    expect(seen(report)).toContain('its workflow does not answer');
  });
});
