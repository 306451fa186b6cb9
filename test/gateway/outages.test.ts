import { join } from 'node:path';

import { Connection } from '@temporalio/client';

import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { startPostgres, type Postgres } from '../../src/dev/servers/postgres';
import { provisionDatabase } from '../../src/dev/stack/provision-database';
import { TcpRelay } from '../faults/tcp-relay';
import { eventually } from '../setup/eventually';
import { startGateway, type TestGateway } from '../setup/gateway';
import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';

let folder: TemporaryFolder;
let postgres: Postgres;
let environment: IntentEnvironment;
let relay: TcpRelay;
let connection: Connection;
let gateway: TestGateway;

/** A Postgres of this file's own, since it is killed, and a network of its own between gateway and Temporal. */
beforeAll(async () => {
  folder = await makeTemporaryFolder();
  postgres = await startPostgres({ dataDir: join(folder.path, 'postgres') });
  const { superuserUrl } = postgres;
  const urls = await provisionDatabase({
    superuserUrl,
    ownerPassword: 'owner',
    enginePassword: 'engine',
    gatewayPassword: SECRET,
  });
  environment = await createIntentEnvironment('gateway-outages', {
    name: 'intent',
    ...urls,
    superuserUrl: Object.assign(new URL(superuserUrl), { pathname: '/intent' }).href,
    drop: () => Promise.resolve(),
  });
  await environment.startWorker();
  relay = await TcpRelay.to(Number(fromEnvironment('TEST_TEMPORAL_ADDRESS').split(':')[1]));
  connection = Connection.lazy({ address: `127.0.0.1:${relay.port}` });
  gateway = await startGateway({
    ...environment,
    temporal: Object.assign(Object.create(environment.temporal) as typeof environment.temporal, {
      connection,
    }),
  });
}, 120_000);
afterAll(async () => {
  await gateway.close();
  await connection.close();
  await relay.close();
  await environment.close();
  await postgres.stop('immediate');
  folder.remove();
});

const SECRET = 'a-password-nobody-may-read';
/** No answer may take longer: the client's bound for a call is 30 s. */
const BOUND_MS = 35_000;

async function newIntent(): Promise<string> {
  const { status, body } = await gateway.send('POST', '/v1/intents', {
    body: {},
    headers: { prefer: 'wait=30' },
  });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

/** Sends it; the answer must be a 503 with this code, come in time, and hold nothing that is to stay inside. */
async function expectAway(code: string, method: string, path: string, body?: unknown): Promise<void> {
  const began = Date.now();
  const answer = await gateway.send(method, path, {
    ...(body === undefined ? {} : { body }),
    headers: { prefer: 'wait=5' },
  });
  expect([path, answer.status, answer.body]).toMatchObject([path, 503, { code }]);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Date.now() - began).toBeLessThan(BOUND_MS);
  const text = JSON.stringify(answer.body);
  for (const inside of [SECRET, '127.0.0.1', String(postgres.port), String(relay.port), 'ECONN'])
    expect(text).not.toContain(inside);
}

async function expectReady(parts: { postgres: string; temporal: string }): Promise<void> {
  await eventually(async () => {
    const { status, body } = await gateway.send('GET', '/readyz', { key: null });
    expect([status, body]).toEqual([Object.values(parts).includes('away') ? 503 : 200, parts]);
  });
  expect((await gateway.send('GET', '/livez', { key: null })).status).toBe(200);
}

const restartPostgres = async (): Promise<void> => {
  postgres = await startPostgres({ dataDir: join(folder.path, 'postgres'), port: postgres.port });
};

/** Ids of a stream's events, as they come. */
async function follow(path: string): Promise<{ ids: string[]; end: () => void }> {
  const stop = new AbortController();
  const key = await gateway.key();
  const response = await fetch(`${gateway.url}${path}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: stop.signal,
  });
  expect(response.status).toBe(200);
  const ids: string[] = [];
  const read = async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      const lines = (rest + decoder.decode(part as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      ids.push(...lines.filter((line) => line.startsWith('id: ')).map((line) => line.slice(4)));
    }
  };
  void read().catch(() => undefined);
  return { ids, end: () => stop.abort() };
}

test('without Postgres every route says so, a stream outlives it without a gap, and all goes on by itself', async () => {
  const id = await newIntent();
  const stream = await follow(`/v1/intents/${id}/events`);
  await eventually(() => expect(stream.ids).toEqual(['1-0']));

  await postgres.stop('immediate');
  await expectReady({ postgres: 'away', temporal: 'ok' });
  for (const path of ['/v1/intents', `/v1/intents/${id}`, `/v1/intents/${id}/history`, '/v1/graphs'])
    await expectAway('POSTGRES_UNAVAILABLE', 'GET', path);
  await expectAway('POSTGRES_UNAVAILABLE', 'POST', '/v1/intents', {});
  await expectAway('POSTGRES_UNAVAILABLE', 'POST', `/v1/intents/${id}/transitions`, { to: 'ICP_PENDING' });
  // Decided meanwhile, by an app that needs no Postgres.
  await environment.intents.requestTransition(id, { to: 'ICP_PENDING' });
  await environment.intents.requestTransition(id, { to: 'ICP_PROCESSING' });

  await restartPostgres();
  await expectReady({ postgres: 'ok', temporal: 'ok' });
  await eventually(() => expect(stream.ids).toEqual(['1-0', '2-0', '3-0']));
  stream.end();
  const moved = await gateway.send('POST', `/v1/intents/${id}/transitions`, {
    body: { to: 'ICP_FAILED' },
    headers: { prefer: 'wait=30' },
  });
  expect([moved.status, moved.body]).toMatchObject([200, { sequence: 4 }]);
}, 180_000);

test.each(['cut', 'silence'] as const)(
  'with the network to Temporal in the state %s, moves answer 503 in time, reads go on, and all goes on by itself',
  async (fault) => {
    const id = await newIntent();
    relay[fault]();
    try {
      await expectReady({ postgres: 'ok', temporal: 'away' });
      await expectAway('TEMPORAL_UNAVAILABLE', 'POST', `/v1/intents/${id}/transitions`, {
        to: 'ICP_PENDING',
      });
      await expectAway('TEMPORAL_UNAVAILABLE', 'POST', '/v1/intents', {});
      await expectAway('TEMPORAL_UNAVAILABLE', 'GET', `/v1/intents/${id}`);
      for (const path of ['/v1/intents', `/v1/intents/${id}/history`, '/v1/graphs'])
        expect((await gateway.send('GET', path)).status).toBe(200);
    } finally {
      relay.heal();
    }
    await expectReady({ postgres: 'ok', temporal: 'ok' });
    await eventually(async () => {
      const { status } = await gateway.send('GET', `/v1/intents/${id}`);
      expect(status).toBe(200);
    });
  },
  180_000,
);

test('a gateway starts while both are away, and serves when they are back', async () => {
  relay.cut();
  const { port } = postgres;
  const late = await startGateway({
    ...environment,
    temporal: Object.assign(Object.create(environment.temporal) as typeof environment.temporal, {
      connection: Connection.lazy({ address: `127.0.0.1:${relay.port}` }),
    }),
  });
  try {
    await postgres.stop('immediate');
    const { status, body } = await late.send('GET', '/readyz');
    expect([status, body]).toEqual([503, { postgres: 'away', temporal: 'away' }]);
    expect((await late.send('GET', '/v1/graphs')).status).toBe(503);
  } finally {
    relay.heal();
    postgres = await startPostgres({ dataDir: join(folder.path, 'postgres'), port });
  }
  await eventually(async () => {
    expect((await late.send('GET', '/readyz')).status).toBe(200);
    expect(
      (await late.send('POST', '/v1/intents', { body: {}, headers: { prefer: 'wait=20' } })).status,
    ).toBe(201);
  });
  await late.close();
}, 120_000);
