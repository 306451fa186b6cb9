import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { createTestDatabase, type TestDatabase } from '../setup/database';
import { fromEnvironment } from '../setup/intent-environment';
import { killLeftovers, startProcess, startWorkerProcess } from '../setup/worker-process';

const GATEWAY = join(__dirname, '..', '..', 'dist', 'gateway', 'main.js');

const password = randomBytes(12).toString('hex');
const bearer = randomBytes(12).toString('hex');
const key = `intent_abcdefghijkl_${randomBytes(32).toString('base64url')}`;
const token = `eyJhbGciOiJub25lIn0.${randomBytes(30).toString('base64url')}.${randomBytes(12).toString('base64url')}`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('logging-programs');
});
afterAll(async () => {
  killLeftovers();
  await database?.drop();
});

const verbose = () => ({
  TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  TEMPORAL_GRPC_META_AUTHORIZATION: `Bearer ${bearer}`,
  INTENT_LOG_LEVEL: 'trace',
});
const wrong = (url: string) => Object.assign(new URL(url), { username: 'nobody', password }).href;

function expectNoSecret(output: readonly string[]): void {
  const text = output.join('\n');
  for (const secret of [password, bearer, key.slice(-20), token.slice(-12)])
    expect(text).not.toContain(secret);
}

test('a worker, at its most verbose, logs JSON with what the Rust part says, and no secret', async () => {
  const args = ['--task-queue', 'logging-programs', '--no-operations'];
  const refused = startWorkerProcess(args, { ...verbose(), DATABASE_URL: wrong(database.engineUrl) });
  const worker = startWorkerProcess(args, { ...verbose(), DATABASE_URL: database.engineUrl });
  expect(await refused.exited).toBe(1);
  expect(refused.output.join('\n')).toMatch(/nobody/);
  await worker.sees('Worker ready');
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);

  const plain = worker.output.filter((line) => !line.startsWith('{'));
  expect(plain.map((line) => line.split(/[ :]/, 1)[0])).toEqual(['Workflow', 'Build', 'Worker', 'Worker']);
  const lines = worker.output
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'debug', msg: 'Worker state changed' }));
  expect(lines).toContainEqual(expect.objectContaining({ sdkComponent: 'core' }));
  expectNoSecret([...worker.output, ...refused.output]);
}, 120_000);

test('a gateway, at its most verbose, logs requests, and no secret that came with them', async () => {
  const env = { ...verbose(), INTENT_GATEWAY_ADDRESS: '127.0.0.1:0' };
  const refused = startProcess([GATEWAY], { ...env, GATEWAY_DATABASE_URL: wrong(database.gatewayUrl) });
  const gateway = startProcess([GATEWAY], { ...env, GATEWAY_DATABASE_URL: database.gatewayUrl });
  expect(await refused.exited).toBe(1);
  const url = /http:\/\/[\d.:]+/.exec(await gateway.sees('Gateway ready'))?.[0] ?? '';
  for (const credential of [`Bearer ${key}`, `Bearer ${token}`, `Basic ${key}`])
    await fetch(`${url}/v1/intents?token=${token}`, { headers: { authorization: credential } });
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);

  expect(gateway.output.join('\n')).toContain('"msg":"incoming request"');
  expectNoSecret([...gateway.output, ...refused.output]);
}, 120_000);

test('lines for people, where they are asked for', async () => {
  const worker = startWorkerProcess(['--task-queue', 'logging-pretty', '--no-operations'], {
    ...verbose(),
    DATABASE_URL: database.engineUrl,
    INTENT_LOG_LEVEL: 'debug',
    INTENT_LOG_FORMAT: 'pretty',
  });
  await worker.sees('Worker ready');
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(worker.output).toContainEqual(
    expect.stringMatching(/DEBUG \(intent-worker\): Worker state changed/),
  );
  expectNoSecret(worker.output);
}, 120_000);
