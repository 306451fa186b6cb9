import { randomBytes, randomUUID } from 'node:crypto';

import { createPool } from '../../src/database/pool';
import { GATEWAY_LIMITS } from '../../src/gateway/limits';
import { revokeApiKey } from '../../src/database/api-keys/revoke-api-key';
import { SCOPE_NAMES, type Scope } from '../../src/database/api-keys/scopes';
import {
  createIntentEnvironment,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { startGateway, type TestGateway } from '../setup/gateway';

let environment: IntentEnvironment;
let gateway: TestGateway;
/** An intent that has a vote, a rejection and two transitions; and one of the other organization. */
let mine: string;
let theirs: string;

const WAIT = { prefer: 'wait=20' };

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-access');
  await environment.startWorker();
  // So that each request of the matrix counts as one of another address.
  gateway = await startGateway(environment, { trustProxy: ['127.0.0.1'] });
  mine = await newIntent();
  theirs = await newIntent(await gateway.key({ organizationId: OTHER_ORGANIZATION }));
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

async function newIntent(key?: string): Promise<string> {
  const body = { title: 'Spring', metadata: { secret: 'of one organization' } };
  const answer = await gateway.send('POST', '/v1/intents', { body, headers: WAIT, ...(key && { key }) });
  return (answer.body as { id: string }).id;
}

interface Route {
  method: string;
  /** `:id` stands for an intent. */
  path: string;
  scope: Scope;
  body?: unknown;
}

/** Every route that needs a key, with what it takes. */
const ROUTES: Route[] = [
  { method: 'POST', path: '/v1/intents', scope: 'transition', body: {} },
  { method: 'GET', path: '/v1/intents', scope: 'read' },
  { method: 'GET', path: '/v1/intents/:id', scope: 'read' },
  { method: 'POST', path: '/v1/intents/:id/transitions', scope: 'transition', body: { to: 'ICP_PENDING' } },
  { method: 'POST', path: '/v1/intents/:id/cancel', scope: 'transition', body: {} },
  { method: 'POST', path: '/v1/intents/:id/pause', scope: 'transition', body: {} },
  { method: 'POST', path: '/v1/intents/:id/resume', scope: 'transition', body: {} },
  {
    method: 'POST',
    path: '/v1/intents/:id/approvals',
    scope: 'approve',
    body: { to: 'ICP_PENDING', role: 'supervisor' },
  },
  {
    method: 'POST',
    path: '/v1/intents/:id/force',
    scope: 'admin',
    body: { to: 'ICP_PENDING', reason: 'must' },
  },
  { method: 'POST', path: '/v1/intents/:id/migrate', scope: 'admin', body: { graph: 'content-intent@1' } },
  { method: 'GET', path: '/v1/intents/:id/history', scope: 'read' },
  { method: 'GET', path: '/v1/intents/:id/approvals', scope: 'read' },
  { method: 'GET', path: '/v1/intents/:id/outcomes/creation', scope: 'read' },
  { method: 'GET', path: '/v1/intents/:id/events', scope: 'read' },
  { method: 'GET', path: '/v1/events', scope: 'read' },
  { method: 'GET', path: '/v1/graphs', scope: 'read' },
  { method: 'GET', path: '/v1/graphs/content-intent/1', scope: 'read' },
  { method: 'GET', path: '/v1/analytics/funnel?graph=content-intent', scope: 'read' },
  { method: 'GET', path: '/v1/analytics/time-in-state?graph=content-intent', scope: 'read' },
  { method: 'POST', path: '/v1/webhooks', scope: 'admin', body: { url: 'https://receiver.example.com/' } },
  { method: 'GET', path: '/v1/webhooks', scope: 'admin' },
  { method: 'GET', path: '/v1/webhooks/:webhook', scope: 'admin' },
  { method: 'DELETE', path: '/v1/webhooks/:webhook', scope: 'admin' },
  { method: 'POST', path: '/v1/webhooks/:webhook/rotate-secret', scope: 'admin' },
  { method: 'POST', path: '/v1/webhooks/:webhook/test', scope: 'admin' },
  { method: 'GET', path: '/v1/webhooks/:webhook/dead-letters', scope: 'admin' },
  {
    method: 'POST',
    path: '/v1/webhooks/:webhook/replay',
    scope: 'admin',
    body: { deadLetters: true },
  },
];

const named = ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);
const ofIntents = named.filter(([name]) => name.includes(':id'));

/** Another one each time. */
function address(): string {
  const [a, b, c] = randomBytes(3);
  return `10.${a}.${b}.${c}`;
}

/** Asks for a route as of an intent; what it answers must be over at once, so no stream is opened by it. */
async function ask({ method, path, body }: Route, id: string, key: string | null) {
  const answer = await gateway.send(method, path.replace(':id', id).replace(':webhook', randomUUID()), {
    key,
    body,
    headers: { 'x-forwarded-for': address() },
  });
  return { ...answer, code: (answer.body as { code?: string }).code, text: JSON.stringify(answer.body) };
}

test('the matrix has every route of the OpenAPI document that needs a key', async () => {
  const { body } = await gateway.send('GET', '/openapi.json', { key: null });
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const open = ['GET /livez', 'GET /readyz'];
  const tested = ROUTES.map(({ method, path }) =>
    `${method} ${path}`
      .replace(/[?].*/, '')
      .replace(/:id|:webhook/, '{id}')
      .replace('outcomes/creation', 'outcomes/{requestId}')
      .replace('content-intent/1', '{name}/{version}'),
  );
  expect(documented.filter((route) => !open.includes(route)).toSorted()).toEqual(tested.toSorted());
});

describe('without a key that counts', () => {
  test.each(named)('%s answers 401', async (_name, route) => {
    const revoked = await gateway.key();
    await endKey(revoked);
    const expired = await gateway.key({ expiresAt: new Date(Date.now() - 1) });
    const [, id = ''] = (await gateway.key()).split('_');
    const keys = {
      none: null,
      garbage: 'garbage',
      'of nobody': `intent_${'a'.repeat(12)}_${'b'.repeat(43)}`,
      'with another secret': `intent_${id}_${'b'.repeat(43)}`,
      revoked,
      expired,
      'a token, where none are accepted': 'eyJhbGciOiJub25lIn0.e30.x',
    };
    for (const [what, key] of Object.entries(keys)) {
      const { status, code, text, headers } = await ask(route, mine, key);
      expect([what, status, code, headers.get('www-authenticate')]).toEqual([
        what,
        401,
        'UNAUTHENTICATED',
        'Bearer',
      ]);
      expect(text).not.toContain('Spring');
    }
  });
});

describe('without its scope', () => {
  test.each(named)('%s answers 403', async (_name, route) => {
    const key = await gateway.key({ scopes: SCOPE_NAMES.filter((scope) => scope !== route.scope) });
    const { status, code, text } = await ask(route, mine, key);
    expect([status, code]).toEqual([403, 'SCOPE_MISSING']);
    expect(text).not.toContain('Spring');
  });

  test.each([
    ['/v1/intents', {}],
    ['/v1/intents/:id/transitions', { to: 'ICP_PENDING' }],
    ['/v1/intents/:id/approvals', { to: 'ICP_PENDING', role: 'supervisor' }],
  ])('a body of %s that says when it happened needs the scope admin', async (path, body) => {
    const occurredAt = '2017-01-09T09:49:50+01:00';
    const route = { method: 'POST', path, scope: 'admin' as const, body: { ...body, occurredAt } };
    const key = await gateway.key({ scopes: ['read', 'transition', 'approve'] });
    expect(await ask(route, mine, key)).toMatchObject({ status: 403, code: 'SCOPE_MISSING' });
    expect(await ask(route, mine, await gateway.key())).not.toMatchObject({ status: 403 });
  });

  test('a vote in a role that the key has not answers 403', async () => {
    const key = await gateway.key({ roles: ['administration'] });
    const route = ROUTES.find(({ scope }) => scope === 'approve') as Route;
    expect(await ask(route, mine, key)).toMatchObject({ status: 403, code: 'ROLE_MISSING' });
  });
});

describe('of an intent of another organization', () => {
  test.each(ofIntents)('%s answers 404, as for one that is not', async (_name, route) => {
    const key = await gateway.key();
    const nobodys = randomUUID();
    const foreign = await ask(route, theirs, key);
    const absent = await ask(route, nobodys, key);
    expect([foreign.status, foreign.code]).toEqual([404, 'INTENT_NOT_FOUND']);
    expect(foreign.text.replaceAll(theirs, nobodys)).toBe(absent.text);
  });

  test('nothing was changed by all of this', async () => {
    expect(await environment.intents.history(theirs)).toHaveLength(1);
  });
});

test('a list shows intents of the own organization only', async () => {
  const { body } = await gateway.send('GET', '/v1/intents');
  const ids = (body as { intents: Array<{ id: string }> }).intents.map(({ id }) => id);
  expect(ids).toContain(mine);
  expect(ids).not.toContain(theirs);
});

test('the same Idempotency-Key of two organizations makes two intents', async () => {
  const headers = { 'idempotency-key': 'order-17' };
  const other = await gateway.key({ organizationId: OTHER_ORGANIZATION });
  const answers = [
    await gateway.send('POST', '/v1/intents', { body: {}, headers }),
    await gateway.send('POST', '/v1/intents', { body: {}, headers, key: other }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
});

test('a key that sends more than it may is told when to come back', async () => {
  const key = await gateway.key({ requestsPerMinute: 2 });
  const answers = [];
  for (let round = 0; round < 3; round += 1) answers.push(await gateway.send('GET', '/v1/graphs', { key }));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[2]?.body).toMatchObject({ code: 'RATE_LIMITED' });
  expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('an address that tries keys is told to come back later, and holds up nobody else', async () => {
  const guess = () =>
    gateway.send('GET', '/v1/graphs', { key: 'guess', headers: { 'x-forwarded-for': '192.0.2.1' } });
  const answers = await Promise.all(Array.from({ length: GATEWAY_LIMITS.refusalsPerMinute + 5 }, guess));
  const counts = [401, 429].map((status) => answers.filter((answer) => answer.status === status).length);
  expect(counts).toEqual([GATEWAY_LIMITS.refusalsPerMinute, 5]);
  expect((await gateway.send('GET', '/v1/graphs')).status).toBe(200);
});

test('answers carry the headers that keep browsers from mischief, and let no other origin in', async () => {
  const { headers } = await gateway.send('GET', '/livez', {
    key: null,
    headers: { origin: 'https://evil.example' },
  });
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('an origin that is named may read answers, another may not', async () => {
  const open = await startGateway(environment, { corsOrigins: ['https://app.example.com'] });
  try {
    const allowed = async (origin: string) =>
      (await open.send('GET', '/livez', { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowed('https://app.example.com')).toBe('https://app.example.com');
    expect(await allowed('https://evil.example')).toBeNull();
  } finally {
    await open.close();
  }
});

async function endKey(text: string): Promise<void> {
  const owner = createPool({ databaseUrl: environment.database.ownerUrl, applicationName: 'test', max: 1 });
  await revokeApiKey(owner, text.split('_')[1] ?? '', 'tests');
  await owner.end();
}
