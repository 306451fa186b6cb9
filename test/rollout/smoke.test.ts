import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { CREATED_BY, SMOKE_ORGANIZATION, SMOKE_TITLE } from '../../src/rollout/smoke/smoke-organization';
import { percentile } from '../../src/rollout/smoke/measurement';
import { eventually } from '../setup/eventually';
import { startGateway, type TestGateway } from '../setup/gateway';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { runChecked, runOne, seen } from './run-check';

let environment: IntentEnvironment;
let gateway: TestGateway;
let env: NodeJS.ProcessEnv;
let folder: string;
let stopWorker: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intent-smoke-'));
  environment = await createIntentEnvironment('smoke');
  stopWorker = await environment.startWorker();
  gateway = await startGateway(environment);
  env = {
    DATABASE_URL: environment.database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  };
});
afterAll(async () => {
  await gateway?.close();
  await environment?.close();
  await rm(folder, { recursive: true, force: true });
});

const queue = () => ['--task-queue', environment.taskQueue];
const smoke = (args: string[] = [], more: NodeJS.ProcessEnv = {}) =>
  runChecked(['smoke', ...queue(), '--transitions', '4', ...args], { ...env, ...more });

interface Left {
  id: string;
  state: string;
  rows: number;
}

async function testIntents(): Promise<Left[]> {
  const { rows } = await environment.pool.query<Left>(
    `SELECT id, state::text, sequence AS rows FROM intent_workflows
      WHERE organization_id = $1 ORDER BY created_at`,
    [SMOKE_ORGANIZATION],
  );
  return rows;
}

test('on a good deployment all holds, also over HTTP, and the test intent has ended', async () => {
  const log = join(folder, 'worker.log');
  await writeFile(
    log,
    'Workflow graph validation failed\nWorkflow graph validation: true\nWorker ready: task queue x\n',
  );
  const key = await gateway.key({ organizationId: SMOKE_ORGANIZATION, scopes: ['read', 'transition'] });
  const { exitCode, checks, measured } = await smoke(['--worker-log', log], {
    INTENT_API_URL: gateway.url,
    INTENT_API_KEY: key,
  });
  expect(
    [...checks.values()].map(({ name, status, saw }) => [name, status, status === 'failed' ? saw : []]),
  ).toEqual(
    [
      'worker-polls',
      'startup-validation',
      'leftovers',
      'first-step',
      'audit-fields',
      'one-winner',
      'measurement',
    ]
      .concat('http-api', 'clean-up')
      .map((name) => [name, 'passed', []]),
  );
  expect(exitCode).toBe(0);
  expect(checks.get('one-winner')?.saw).toEqual([
    '5 requests: 1 applied, 4 rejected; 1 audit row, 4 rejections',
  ]);
  expect(measured).toMatchObject({ transitions: 4 });
  expect(measured?.p50Ms).toBeGreaterThan(0);
  const left = await testIntents();
  expect(left.map(({ state }) => state)).toEqual(['CANCELLED', 'CANCELLED']);
  // Creation, the move that five asked for, four that were measured, the cancellation.
  expect(left.map(({ rows }) => rows).sort()).toEqual([3, 7]);
});

test('two at once do not disturb each other', async () => {
  const before = (await testIntents()).length;
  const runs = await Promise.all([smoke(), smoke()]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const after = await testIntents();
  expect(after.length).toBe(before + 2);
  expect(new Set(after.map(({ state }) => state))).toEqual(new Set(['CANCELLED']));
});

/** One that would go on for a while, in a process of its own. */
function startLongSmoke() {
  const child = spawn(
    process.execPath,
    [join(CHECKOUT, 'dist', 'cli', 'main.js'), 'smoke', ...queue(), '--transitions', '1000'],
    { env: { ...env, PATH: process.env['PATH'] }, stdio: 'ignore' },
  );
  return { child, ended: once(child, 'close') };
}

test('one that is killed leaves an intent, which a later one ends, and not one that runs now', async () => {
  const known = new Set((await testIntents()).map(({ id }) => id));
  const { child, ended } = startLongSmoke();
  const left = await eventually(async () => {
    const found = (await testIntents()).find(({ id, rows }) => !known.has(id) && rows > 3);
    expect(found).toBeDefined();
    return found as Left;
  });
  child.kill('SIGKILL');
  await ended;
  const stateOf = async () => (await testIntents()).find(({ id }) => id === left.id)?.state;
  expect((await smoke()).checks.get('leftovers')?.saw).toEqual(['0 were left, and are ended']);
  expect(await stateOf()).not.toBe('CANCELLED');
  expect((await smoke(['--leftover-after', '0s'])).checks.get('leftovers')?.saw).toEqual([
    '1 were left, and are ended',
  ]);
  expect(await stateOf()).toBe('CANCELLED');
}, 120_000);

test('Ctrl-C ends it, and the test intent with it', async () => {
  const known = new Set((await testIntents()).map(({ id }) => id));
  const { child, ended } = startLongSmoke();
  await eventually(async () => {
    expect((await testIntents()).some(({ id, rows }) => !known.has(id) && rows > 3)).toBe(true);
  });
  child.kill('SIGINT');
  expect(await ended).toEqual([1, null]);
  expect((await testIntents()).find(({ id }) => !known.has(id))?.state).toBe('CANCELLED');
}, 120_000);

test.each([
  ['without the line', 'Worker ready: task queue x\n', 'there is no line'],
  [
    'that ends with a failure',
    'Workflow graph validation: true\nWorker ready: x\nWorkflow graph validation failed\n',
    'the last line says',
  ],
  ['of a worker that does not poll', 'Workflow graph validation: true\nerror\n', 'no line "Worker ready'],
])('a log %s fails', async (_, text, message) => {
  const log = join(folder, 'bad.log');
  await writeFile(log, text);
  const report = await runOne('smoke', 'startup-validation', env, [...queue(), '--worker-log', log]);
  expect(report.status).toBe('failed');
  expect(seen(report)).toContain(message);
});

test('without a log, a missing one, and without the HTTP API', async () => {
  const check = (name: string, args: string[] = []) => runOne('smoke', name, env, [...queue(), ...args]);
  expect(await check('startup-validation')).toMatchObject({ status: 'skipped' });
  expect(seen(await check('startup-validation', ['--worker-log', '/nonexistent']))).toContain('ENOENT');
  expect(await check('http-api')).toMatchObject({ status: 'skipped' });
});

test('a key of another organization, a revoked one, and a gateway that is away fail', async () => {
  const api = (url: string, key: string) =>
    runOne('smoke', 'http-api', { ...env, INTENT_API_URL: url, INTENT_API_KEY: key }, queue());
  const other = await gateway.key();
  expect(seen(await api(gateway.url, other))).toBe(
    `the key is of the organization ${ORGANIZATION}, where test intents have no place`,
  );
  const expired = await gateway.key({
    organizationId: SMOKE_ORGANIZATION,
    expiresAt: new Date(Date.now() - 1_000),
  });
  expect(seen(await api(gateway.url, expired))).toContain('expired');
  const { rows } = await environment.pool.query<{ state: string }>(
    'SELECT state::text FROM intent_workflows WHERE organization_id = $1 AND title = $2',
    [ORGANIZATION, SMOKE_TITLE],
  );
  expect(rows.map(({ state }) => state)).toEqual(['CANCELLED']);
});

test('percentiles are by nearest rank', () => {
  const times = Array.from({ length: 20 }, (_, index) => index + 1);
  expect([percentile(times, 0.5), percentile(times, 0.95), percentile([7], 0.95)]).toEqual([10, 19, 7]);
});

test('without a worker it fails, names what to do, and leaves nothing behind that goes on', async () => {
  await stopWorker();
  const report = await runOne('smoke', 'worker-polls', env, ['--task-queue', 'nobody-polls-this']);
  expect(report).toMatchObject({
    status: 'failed',
    fix: expect.stringContaining('Start a worker') as string,
  });
  expect(seen(report)).toContain('no worker polls the task queue nobody-polls-this');
  const { rows } = await environment.pool.query(
    'SELECT FROM intent_workflows WHERE created_by = $1 AND ended_at IS NULL',
    [CREATED_BY],
  );
  expect(rows).toEqual([]);
});
