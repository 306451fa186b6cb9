import { randomUUID } from 'node:crypto';

import { CLIENT_LIMITS } from '../../src/client/limits';
import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { claimGraph } from '../setup/claim-graph';
import { startGateway, type TestGateway } from '../setup/gateway';
import { register } from '../setup/register';

let environment: IntentEnvironment;
let gateway: TestGateway;

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-requests');
  await environment.startWorker();
  gateway = await startGateway(environment);
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

const WAIT = { prefer: 'wait=20' };

async function newIntent(): Promise<string> {
  const { status, body } = await gateway.send('POST', '/v1/intents', {
    body: { title: 'Spring' },
    headers: WAIT,
  });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

const move = (id: string, body: unknown, headers: Record<string, string> = WAIT) =>
  gateway.send('POST', `/v1/intents/${id}/transitions`, { body, headers });

describe('creating', () => {
  test('answers 201, and 200 with the same id for the same Idempotency-Key', async () => {
    const headers = { ...WAIT, 'idempotency-key': randomUUID() };
    const first = await gateway.send('POST', '/v1/intents', { body: {}, headers });
    const second = await gateway.send('POST', '/v1/intents', { body: {}, headers });
    const { id } = first.body as { id: string };
    expect([first.status, first.body]).toEqual([201, { id, created: true }]);
    expect([second.status, second.body]).toEqual([200, { id, created: false }]);
    expect(first.headers.get('location')).toBe(`/v1/intents/${id}`);
    expect(first.headers.get('preference-applied')).toBe('wait=20');
  });

  test('takes an Idempotency-Key of full length in quotes, which are none of it', async () => {
    const key = randomUUID().padEnd(CLIENT_LIMITS.idempotencyKeyLength, 'x');
    const create = (header: string) =>
      gateway.send('POST', '/v1/intents', { body: {}, headers: { 'idempotency-key': header } });
    expect(await create(`"${key}"`)).toMatchObject({ status: 201 });
    expect(await create(key)).toMatchObject({ status: 200 });
    expect(await create(`${key}x`)).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
    expect(await create('""')).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });

  test('writes the actor of the key into the audit row, and takes none from the body', async () => {
    const id = await newIntent();
    const [creation] = await environment.intents.history(id);
    expect(creation).toMatchObject({ actor: 'ada', newState: 'CREATED' });
    const refused = await gateway.send('POST', '/v1/intents', { body: { createdBy: 'mallory' } });
    expect([refused.status, refused.body]).toMatchObject([400, { code: 'INVALID_ARGUMENT' }]);
  });

  test('of an unregistered graph answers 422', async () => {
    const { status, body } = await gateway.send('POST', '/v1/intents', { body: { graph: 'nothing@1' } });
    expect([status, body]).toMatchObject([422, { code: 'GRAPH_NOT_REGISTERED' }]);
  });
});

describe('a transition', () => {
  test('that waits is answered with its outcome', async () => {
    const id = await newIntent();
    const { status, body, headers } = await move(id, { to: 'ICP_PENDING', reason: 'go' });
    expect([status, body]).toMatchObject([200, { status: 'applied', sequence: 2, newState: 'ICP_PENDING' }]);
    expect(headers.get('preference-applied')).toBe('wait=20');
    const history = await environment.intents.history(id);
    expect(history[1]).toMatchObject({ actor: 'ada', reason: 'go' });
  });

  test('keeps whatever keys its metadata has', async () => {
    const id = await newIntent();
    const headers = { ...WAIT, 'content-type': 'application/json' };
    const metadata = '{"__proto__":{"a":1},"constructor":{"prototype":{}},"":null}';
    await move(id, `{"to":"ICP_PENDING","metadata":${metadata}}`, headers);
    const [, row] = await environment.intents.history(id);
    expect(Object.entries(row?.metadata ?? {})).toEqual(
      expect.arrayContaining([
        ['__proto__', { a: 1 }],
        ['constructor', { prototype: {} }],
        ['', null],
      ]),
    );
    const polluted = await move(id, '{"__proto__":{"to":"ICP_PENDING"}}', headers);
    expect([polluted.status, polluted.body]).toMatchObject([400, { code: 'INVALID_ARGUMENT' }]);
  });

  test('that does not wait is answered at once, with the place of its outcome', async () => {
    const id = await newIntent();
    const requestId = randomUUID();
    const sent = await move(id, { to: 'ICP_PENDING' }, { 'idempotency-key': requestId });
    expect([sent.status, sent.body]).toEqual([202, { requestId }]);
    const place = sent.headers.get('location') ?? '';
    expect(place).toBe(`/v1/intents/${id}/outcomes/${requestId}`);
    const outcome = await gateway.send('GET', place, { headers: WAIT });
    expect([outcome.status, outcome.body]).toMatchObject([200, { status: 'applied', requestId }]);
  });

  test('that is sent again with its Idempotency-Key has the outcome of the first time', async () => {
    const id = await newIntent();
    const headers = { ...WAIT, 'idempotency-key': `"${randomUUID()}"` };
    const first = await move(id, { to: 'ICP_PENDING' }, headers);
    const second = await move(id, { to: 'ICP_PENDING' }, headers);
    expect(second.body).toEqual(first.body);
    expect(await environment.intents.history(id)).toHaveLength(2);
  });

  test.each([
    ['ILLEGAL_TRANSITION', 409, { to: 'COMPLETED' }],
    ['ALREADY_IN_STATE', 409, { to: 'CREATED' }],
    ['STATE_CONFLICT', 409, { to: 'ICP_PENDING', expectedState: 'ICP_FAILED' }],
    ['UNKNOWN_STATE', 422, { to: 'NOWHERE' }],
  ])(
    'that is rejected with %s is answered with %i, a problem and the outcome',
    async (code, expected, asked) => {
      const id = await newIntent();
      const { status, body, headers } = await move(id, asked);
      expect([status, headers.get('content-type')]).toEqual([expected, 'application/problem+json']);
      expect(body).toMatchObject({
        type: `urn:intent-engine:problem:${code}`,
        status: expected,
        code,
        outcome: { status: 'rejected', code, state: 'CREATED' },
      });
    },
  );

  test('on condition of a sequence is applied at it, and refused with 412 at another', async () => {
    const id = await newIntent();
    const { headers } = await gateway.send('GET', `/v1/intents/${id}`);
    const etag = headers.get('etag') ?? '';
    const first = await move(id, { to: 'ICP_PENDING' }, { ...WAIT, 'if-match': etag });
    expect([first.status, first.body]).toMatchObject([200, { status: 'applied' }]);
    const second = await move(id, { to: 'ICP_PROCESSING' }, { ...WAIT, 'if-match': etag });
    expect([second.status, second.body]).toMatchObject([412, { code: 'STATE_CONFLICT' }]);
    const third = await move(id, { to: 'ICP_PROCESSING' }, { ...WAIT, 'if-match': '"2"' });
    expect(third.status).toBe(200);
  });

  test('of an intent that was created this moment waits until its creation is recorded', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const created = await gateway.send('POST', '/v1/intents', { body: {} });
        const { id } = created.body as { id: string };
        const described = await gateway.send('GET', `/v1/intents/${id}`);
        const moved = await move(id, { to: 'ICP_PENDING' });
        return [created.status, described.status, moved.status];
      }),
    );
    expect(answers).toEqual(Array(20).fill([201, 200, 200]));
  });

  test('with the request id of a vote is answered with REQUEST_ID_OF_VOTE', async () => {
    await register(environment.database, claimGraph());
    const { body } = await gateway.send('POST', '/v1/intents', { body: { graph: 'claim' }, headers: WAIT });
    const { id } = body as { id: string };
    await move(id, { to: 'SUBMITTED' });
    const key = await gateway.key({ actor: 'grace' });
    const headers = { ...WAIT, 'idempotency-key': 'v' };
    const vote = { to: 'APPROVED', role: 'supervisor' };
    const voted = await gateway.send('POST', `/v1/intents/${id}/approvals`, { key, body: vote, headers });
    expect([voted.status, voted.body]).toMatchObject([200, { status: 'voted' }]);
    const moved = await move(id, { to: 'REFUSED' }, headers);
    expect([moved.status, moved.body]).toMatchObject([409, { code: 'REQUEST_ID_OF_VOTE' }]);
  });

  test('of an intent that has ended is answered with TERMINAL_STATE', async () => {
    const id = await newIntent();
    const cancelled = await gateway.send('POST', `/v1/intents/${id}/cancel`, { headers: WAIT });
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { newState: 'CANCELLED' }]);
    const late = await move(id, { to: 'ICP_PENDING' });
    expect([late.status, late.body]).toMatchObject([409, { code: 'TERMINAL_STATE' }]);
  });

  test('of an intent that no worker has begun is answered with 503, and its creation with its id', async () => {
    const unheard = await startGateway({ ...environment, taskQueue: `${environment.taskQueue}-nobody` });
    try {
      const created = await unheard.send('POST', '/v1/intents', { body: {}, headers: { prefer: 'wait=1' } });
      const { id } = created.body as { id: string };
      // It is created, whatever became of the wait: an error would make its caller create another.
      expect([created.status, created.body]).toEqual([201, { id, created: true }]);
      expect(created.headers.get('preference-applied')).toBeNull();
      // No worker has created it, so nothing says yet whose it is.
      const sent = await unheard.send('POST', `/v1/intents/${id}/transitions`, {
        body: { to: 'ICP_PENDING' },
        headers: { prefer: 'wait=1' },
      });
      expect([sent.status, sent.body]).toMatchObject([503, { code: 'TEMPORAL_UNAVAILABLE' }]);
      expect(Number(sent.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await unheard.close();
    }
  });
});

describe('what is malformed', () => {
  const wrong = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    (await gateway.send('POST', path, { body, headers })) as {
      status: number;
      body: { code: string; errors?: unknown };
    };

  test('is named field by field', async () => {
    const id = await newIntent();
    const { status, body } = await wrong(`/v1/intents/${id}/transitions`, { to: 7, extra: true });
    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'body.to' }),
        expect.objectContaining({ message: expect.stringContaining('extra') as string }),
      ]),
    );
  });

  test.each([
    [
      'an id that is none',
      '/v1/intents/seven/transitions',
      { to: 'ICP_PENDING' },
      {},
      400,
      'INVALID_ARGUMENT',
    ],
    ['JSON that is none', `/v1/intents`, '{"title":', {}, 400, 'INVALID_ARGUMENT'],
    [
      'a body that is no JSON',
      `/v1/intents`,
      'x',
      { 'content-type': 'text/csv' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body that is too large', `/v1/intents`, { title: 'x'.repeat(70_000) }, {}, 413, 'BODY_TOO_LARGE'],
    [
      'a precondition that is none',
      `/v1/intents/${randomUUID()}/cancel`,
      {},
      { 'if-match': 'x' },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'a reserved request id',
      `/v1/intents/${randomUUID()}/cancel`,
      {},
      { 'idempotency-key': 'creation' },
      400,
      'INVALID_ARGUMENT',
    ],
    ['a path that is none', '/v1/nothing', {}, {}, 404, 'ROUTE_NOT_FOUND'],
    ['a method that the path has not', '/v1/graphs', {}, {}, 405, 'METHOD_NOT_ALLOWED'],
  ])('as %s is answered with a problem', async (_what, path, body, headers, status, code) => {
    const answer = await wrong(path, body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

test('exactly one of 20 simultaneous requests for one edge is answered with 200, the others with 409', async () => {
  const id = await newIntent();
  const answers = await Promise.all(Array.from({ length: 20 }, () => move(id, { to: 'ICP_PENDING' })));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200,
    ...Array<number>(19).fill(409),
  ]);
  expect(await environment.intents.history(id)).toHaveLength(2);
});
