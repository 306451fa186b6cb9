import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { createTestDatabase, type TestDatabase } from '../setup/database';
import { fromEnvironment } from '../setup/intent-environment';
import { killLeftovers, startProcess, type WorkerProcess } from '../setup/worker-process';

const MAIN = join(__dirname, '..', '..', 'dist', 'gateway', 'main.js');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('gateway-main');
});
afterAll(async () => {
  killLeftovers();
  await database?.drop();
});

/** The gateway as operators run it. */
function start(env: Record<string, string> = {}): WorkerProcess {
  return startProcess([MAIN], {
    GATEWAY_DATABASE_URL: database.gatewayUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    INTENT_GATEWAY_ADDRESS: '127.0.0.1:0',
    ...env,
  });
}

test('says where it listens, is ready, and drains on SIGTERM', async () => {
  const gateway = start();
  const line = await gateway.sees('Gateway ready');
  const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? '';
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ postgres: 'ok', temporal: 'ok' });
  gateway.kill('SIGTERM');
  await gateway.sees('Gateway drained');
  expect(await gateway.exited).toBe(0);
});

test('starts while neither Postgres nor Temporal is there, and says which is missing', async () => {
  const gateway = start({
    GATEWAY_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    TEMPORAL_ADDRESS: '127.0.0.1:9',
  });
  const line = await gateway.sees('Gateway ready');
  const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? '';
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { postgres: 'away', temporal: 'away' }]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});

describe('refuses to start, and names what helps,', () => {
  let taken: Server;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => taken.close());

  test.each<[string, () => Record<string, string>, string]>([
    ['without a database', () => ({ GATEWAY_DATABASE_URL: '' }), 'GATEWAY_DATABASE_URL is not set'],
    ['with a login of another role', () => ({ GATEWAY_DATABASE_URL: database.engineUrl }), 'intent_gateway'],
    [
      'at a port that is taken',
      () => ({ INTENT_GATEWAY_ADDRESS: `127.0.0.1:${(taken.address() as AddressInfo).port}` }),
      'is taken: choose another one with INTENT_GATEWAY_ADDRESS',
    ],
    [
      'at no address',
      () => ({ INTENT_GATEWAY_ADDRESS: '8333' }),
      'INTENT_GATEWAY_ADDRESS: must be HOST:PORT',
    ],
    [
      'with half of what tokens need',
      () => ({ INTENT_JWKS_URL: 'https://auth.example.com/jwks.json' }),
      'INTENT_JWKS_URL, INTENT_JWT_ISSUER and INTENT_JWT_AUDIENCE: set all three',
    ],
    ['with every origin', () => ({ INTENT_CORS_ORIGINS: '*' }), 'INTENT_CORS_ORIGINS: must be origins'],
    [
      'with a rate that is none',
      () => ({ INTENT_REQUESTS_PER_MINUTE: 'many' }),
      'INTENT_REQUESTS_PER_MINUTE: must be a whole number',
    ],
  ])('%s', async (_what, env, message) => {
    const gateway = start(env());
    expect(await gateway.exited).toBe(1);
    expect(gateway.output.join('\n')).toContain(message);
    expect(gateway.output.join('\n')).not.toContain('    at ');
  });
});
