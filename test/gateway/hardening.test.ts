import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';

import type { Connection } from '@temporalio/client';

import { createPool } from '../../src/database/pool';
import { createGateway } from '../../src/gateway/gateway';
import { GATEWAY_LIMITS } from '../../src/gateway/limits';
import { createLogger } from '../../src/logging/create-logger';
import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { startGateway, type TestGateway } from '../setup/gateway';

let environment: IntentEnvironment;
let gateway: TestGateway;

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-hardening');
  gateway = await startGateway(environment);
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

test.each([
  ['/v1/intents?state=%00', 400, 'INVALID_ARGUMENT'],
  ['/v1/intents?state=%00&state=A', 400, 'INVALID_ARGUMENT'],
  ['/v1/graphs/%00/1', 404, 'GRAPH_NOT_FOUND'],
  ['/v1/intents/%', 400, 'INVALID_ARGUMENT'],
])('%s is answered with %i and a problem', async (path, status, code) => {
  const answer = await gateway.send('GET', path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  expect(answer.body).toMatchObject({ status, code });
});

test('a connection that brings more requests than it takes answers of is closed', async () => {
  const { hostname, port } = new URL(gateway.url);
  const request = 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n';
  const answersTo = async (count: number): Promise<number> => {
    const client = connect(Number(port), hostname, () =>
      client.write(request.repeat(count - 1) + request.replace('host: x', 'host: x\r\nconnection: close')),
    );
    let text = '';
    client.setEncoding('utf8').on('data', (part: string) => (text += part));
    client.on('error', () => undefined);
    await once(client, 'close');
    return text.split('HTTP/1.1 200').length - 1;
  };
  expect(await answersTo(GATEWAY_LIMITS.pipelinedRequests)).toBe(GATEWAY_LIMITS.pipelinedRequests);
  expect(await answersTo(GATEWAY_LIMITS.pipelinedRequests + 1)).toBeLessThan(
    GATEWAY_LIMITS.pipelinedRequests,
  );
});

test('405 says which methods there are', async () => {
  const { status, headers } = await gateway.send('PUT', '/v1/intents');
  expect(status).toBe(405);
  expect(headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'POST']));
});

test('the log, at its most verbose, holds no key, token, password or metadata', async () => {
  let log = '';
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      log += part.toString();
      done();
    },
  });
  const password = new URL(environment.database.gatewayUrl).password;
  const wrongPassword = randomBytes(12).toString('hex');
  const broken = Object.assign(new URL(environment.database.gatewayUrl), { password: wrongPassword }).href;
  const key = await gateway.key();
  const metadata = randomBytes(12).toString('hex');
  const token = `eyJhbGciOiJub25lIn0.${randomBytes(30).toString('base64url')}.${randomBytes(12).toString('base64url')}`;
  for (const databaseUrl of [environment.database.gatewayUrl, broken]) {
    const pool = createPool({ databaseUrl, applicationName: 'test gateway' });
    const app = await createGateway(
      {
        taskQueue: environment.taskQueue,
        operationsTaskQueue: `${environment.taskQueue}-operations`,
        receivers: { privateHosts: [] },
        tokens: { jwksUrl: 'http://127.0.0.1:9/keys', issuer: 'https://issuer.test', audience: 'intents' },
        corsOrigins: [],
        requestsPerMinute: 1_000,
        trustProxy: [],
      },
      {
        pool,
        temporal: { connection: environment.temporal.connection as Connection, namespace: 'default' },
        logger: createLogger({ name: 'test', level: 'trace', format: 'json', env: {}, stream }),
      },
    );
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    for (const credential of [
      `Bearer ${key}`,
      `Bearer ${key}x`,
      `Bearer ${token}`,
      `Basic ${key}`,
      `Bearer ${key} !`,
    ])
      for (const body of [JSON.stringify({ metadata: { metadata } }), `{"metadata":"${metadata}"`, '{}'])
        await fetch(`${url}/v1/intents`, {
          method: 'POST',
          headers: { authorization: credential, 'content-type': 'application/json' },
          body,
        });
    await app.close();
    await pool.end();
  }
  expect(log).toContain('incoming request');
  expect(log).toMatch(/"level":"error"/);
  for (const secret of [
    key,
    key.slice(-20),
    token,
    token.slice(-12),
    metadata,
    wrongPassword,
    `:${password}@`,
  ])
    expect(log).not.toContain(secret);
  expect(log).not.toMatch(/authorization|bearer/i);
});
