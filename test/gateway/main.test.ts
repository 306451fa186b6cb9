import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';

import { Client, Connection } from '@temporalio/client';

import { newIntentId } from '../../src/client/intent-id';
import { THIS_BUILD } from '../setup/build';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { eventually } from '../setup/eventually';
import { makeApiKey, startGatewayProcess } from '../setup/gateway-process';
import { fromEnvironment, ORGANIZATION } from '../setup/intent-environment';
import { killLeftovers, startProcess, type WorkerProcess } from '../setup/worker-process';

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
  return startProcess([THIS_BUILD.gateway], {
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

test('on SIGTERM answers what is under way, and ends, though the caller would keep its connection', async () => {
  const connection = await Connection.connect({ address: fromEnvironment('TEST_TEMPORAL_ADDRESS') });
  const agent = new Agent({ keepAlive: true });
  try {
    const key = await makeApiKey({ database });
    // Nobody works there, so that the call waits.
    const { url, process } = await startGatewayProcess({ database, taskQueue: `nobody-${randomUUID()}` });
    const idempotencyKey = randomUUID();
    const call = request(`${url}/v1/intents`, {
      agent,
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        prefer: 'wait=2',
      },
    });
    const answered = once(call, 'response') as Promise<[IncomingMessage]>;
    call.end('{}');
    const temporal = new Client({ connection });
    const handle = temporal.workflow.getHandle(newIntentId(ORGANIZATION, idempotencyKey));
    await eventually(() => handle.describe());
    process.kill('SIGTERM');
    const [answer] = await answered;
    expect(answer.statusCode).toBe(201);
    answer.resume();
    // 1 when something was still open after the time that it has.
    expect(await process.exited).toBe(0);
    expect(process.output).toContain('Gateway drained');
    await handle.terminate();
  } finally {
    agent.destroy();
    await connection.close();
  }
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
