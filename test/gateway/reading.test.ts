import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { startGateway, type TestGateway } from '../setup/gateway';

let environment: IntentEnvironment;
let gateway: TestGateway;
/** Created in this order; the second one has moved on, the third was cancelled. */
let ids: string[];

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-reading');
  await environment.startWorker();
  gateway = await startGateway(environment);
  ids = [];
  for (const title of ['first', 'second', 'third']) {
    const { body } = await gateway.send('POST', '/v1/intents', {
      body: { title },
      headers: { prefer: 'wait=20' },
    });
    ids.push((body as { id: string }).id);
  }
  await environment.intents.transition(ids[1] ?? '', { to: 'ICP_PENDING', metadata: { ticket: 17 } });
  await environment.intents.cancel(ids[2] ?? '', { actor: 'grace' });
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

interface Page {
  intents: Array<{ id: string; title: string }>;
  next: string | null;
}

async function titles(query: string): Promise<string[]> {
  const { status, body } = await gateway.send('GET', `/v1/intents${query}`);
  expect(status).toBe(200);
  return (body as Page).intents.map(({ title }) => title);
}

test.each([
  ['', ['third', 'second', 'first']],
  ['?state=ICP_PENDING', ['second']],
  ['?state=ICP_PENDING&state=CANCELLED', ['third', 'second']],
  ['?graph=content-intent&step=icp', ['second', 'first']],
  ['?graph=content-intent@1&step=1&state=CREATED', ['first']],
  ['?ended=true', ['third']],
  ['?ended=false&limit=1', ['second']],
  ['?createdBefore=2020-01-01T00:00:00Z', []],
  ['?createdSince=2020-01-01T00:00:00%2B01:00', ['third', 'second', 'first']],
])('a list with %j shows %j, newest first', async (query, expected) => {
  expect(await titles(query)).toEqual(expected);
});

test('pages follow each other by the Link header', async () => {
  const seen: string[] = [];
  let path: string | undefined = '/v1/intents?limit=2';
  while (path !== undefined) {
    const { body, headers } = await gateway.send('GET', path);
    seen.push(...(body as Page).intents.map(({ title }) => title));
    path = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  expect(seen).toEqual(['third', 'second', 'first']);
});

test.each([
  ['?step=icp', 400, 'query.step'],
  ['?graph=content-intent&step=nothing', 400, 'query.step'],
  ['?graph=content-intent&state=ICP_PENDIGN', 400, 'query.state'],
  ['?graph=nothing', 404, undefined],
  ['?after=nowhere', 400, 'query.after'],
  ['?limit=0', 400, 'query.limit'],
  ['?limit=201', 400, 'query.limit'],
  ['?createdSince=yesterday', 400, 'query.createdSince'],
  ['?nothing=1', 400, 'query'],
])('a list with %j is refused with %i', async (query, status, field) => {
  const answer = await gateway.send('GET', `/v1/intents${query}`);
  const { errors } = answer.body as { errors?: Array<{ field: string }> };
  expect([answer.status, errors?.[0]?.field]).toEqual([status, field]);
});

test('an intent is described with its ETag, and not again to whoever has that one', async () => {
  const path = `/v1/intents/${ids[1]}`;
  const first = await gateway.send('GET', path);
  expect(first.body).toMatchObject({ id: ids[1], state: 'ICP_PENDING', sequence: 2, step: { key: 'icp' } });
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"2-[0-9a-f]{12}"$/);
  const second = await gateway.send('GET', path, { headers: { 'if-none-match': etag } });
  expect([second.status, second.body]).toEqual([304, undefined]);
  const other = await gateway.send('GET', path, { headers: { 'if-none-match': '"1-000000000000"' } });
  expect(other.status).toBe(200);
});

test('a history comes in pages, oldest first, as Postgres has it', async () => {
  const path = `/v1/intents/${ids[1]}/history`;
  const first = await gateway.send('GET', `${path}?limit=1`);
  expect(first.body).toMatchObject({ transitions: [{ sequence: 1, newState: 'CREATED' }], next: 1 });
  const second = await gateway.send('GET', `${path}?limit=1&after=1`);
  expect(second.body).toMatchObject({ transitions: [{ sequence: 2, metadata: { ticket: 17 } }], next: null });
  const [, stored] = await environment.intents.history(ids[1] ?? '');
  const { transitions } = second.body as { transitions: Array<{ hash: string }> };
  expect(transitions[0]?.hash).toBe(stored?.hash);
  expect((await gateway.send('GET', `${path}?after=7`)).body).toEqual({ transitions: [], next: null });
});

test('an outcome is read whatever it says, and is not there while there is none', async () => {
  const { status, body } = await gateway.send('GET', `/v1/intents/${ids[0]}/outcomes/creation`);
  expect([status, body]).toMatchObject([200, { status: 'applied', newState: 'CREATED' }]);
  const none = await gateway.send('GET', `/v1/intents/${ids[0]}/outcomes/nothing`);
  expect([none.status, none.body]).toMatchObject([404, { code: 'OUTCOME_NOT_FOUND' }]);
});

test('graphs are listed, and read as they were registered', async () => {
  const { body } = await gateway.send('GET', '/v1/graphs');
  const { graphs } = body as { graphs: Array<{ name: string; version: number; fingerprint: string }> };
  const content = graphs.find(({ name }) => name === 'content-intent');
  const graph = await gateway.send('GET', '/v1/graphs/content-intent/1');
  expect(graph.body).toMatchObject({ name: 'content-intent', version: 1 });
  expect(graph.headers.get('etag')).toBe(`"${content?.fingerprint}"`);
  const none = await gateway.send('GET', '/v1/graphs/content-intent/99');
  expect([none.status, none.body]).toMatchObject([404, { code: 'GRAPH_NOT_FOUND' }]);
});

test('how far intents came and how long they stayed is counted, of the own organization', async () => {
  const reached = await gateway.send('GET', '/v1/analytics/funnel?graph=content-intent');
  expect(reached.body).toMatchObject({
    graph: 'content-intent@1',
    intents: 3,
    steps: expect.arrayContaining([expect.objectContaining({ key: 'icp', reached: 3, now: 2 })]) as unknown,
    terminal: expect.arrayContaining([{ state: 'CANCELLED', now: 1 }]) as unknown,
  });
  const times = await gateway.send('GET', '/v1/analytics/time-in-state?graph=content-intent@1');
  const { states } = times.body as { states: Array<{ state: string; visits: number; open: number }> };
  expect(states.find(({ state }) => state === 'CREATED')).toMatchObject({ visits: 3, open: 1 });
  const none = await gateway.send('GET', '/v1/analytics/funnel?graph=nothing');
  expect([none.status, none.body]).toMatchObject([404, { code: 'GRAPH_NOT_FOUND' }]);
});

test('it says that it lives and is ready, to whoever asks', async () => {
  expect((await gateway.send('GET', '/livez', { key: null })).body).toEqual({ status: 'ok' });
  const { status, body } = await gateway.send('GET', '/readyz', { key: null });
  expect([status, body]).toEqual([200, { postgres: 'ok', temporal: 'ok' }]);
});

test('the OpenAPI document is 3.1, and the page that shows it needs nothing from elsewhere', async () => {
  const { body } = await gateway.send('GET', '/openapi.json', { key: null });
  expect(body).toMatchObject({ openapi: '3.1.0', components: { securitySchemes: { bearer: {} } } });
  const page = await gateway.send('GET', '/docs/', { key: null });
  expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
  expect([page.status, String(page.body)]).toEqual([200, expect.not.stringMatching(/(src|href)="https?:/)]);
});
