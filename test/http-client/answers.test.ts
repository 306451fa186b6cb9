import type { HttpIntentClient } from '../../src/http-client';
import { json, problem, type Reply } from './scripted-server';
import { APPLIED, INTENT_ID, late, REJECTED, TIMEOUT_MS, useScriptedServer } from './use-scripted-server';

const used = useScriptedServer();

const sent = () => used.server.received.map(({ method, path }) => `${method} ${path}`);
const prefers = () => used.server.received.map(({ headers }) => headers.prefer);

describe('an outcome', () => {
  test('is waited for by the server, for less than the caller waits', async () => {
    used.server.replies(json(200, APPLIED));
    await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' });
    await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' }, { timeoutMs: 3_600_000 });
    await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' }, { timeoutMs: 1_000 });
    expect(prefers()).toEqual(['wait=9', 'wait=60', undefined]);
  });

  test('that is not there in time is asked for, by the id of the request', async () => {
    const none = problem(404, 'OUTCOME_NOT_FOUND');
    used.server.replies(json(202, { requestId: 'a/b c' }), none, none, json(200, APPLIED));
    const request = { to: 'ICP_PENDING', requestId: 'a/b c' };
    expect(await used.intents.transition(INTENT_ID, request)).toEqual(APPLIED);
    const asked = `GET /v1/intents/${INTENT_ID}/outcomes/a%2Fb%20c`;
    expect(sent()).toEqual([`POST /v1/intents/${INTENT_ID}/transitions`, asked, asked, asked]);
    expect(prefers()).toEqual(Array(4).fill('wait=9'));
  });

  test('that the credential may not read is what the request has, sent again', async () => {
    used.server.replies(json(202, { requestId: 'r1' }), problem(403, 'SCOPE_MISSING'), json(200, APPLIED));
    expect(await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING', requestId: 'r1' })).toEqual(APPLIED);
    const asked = `POST /v1/intents/${INTENT_ID}/transitions`;
    expect(sent()).toEqual([asked, `GET /v1/intents/${INTENT_ID}/outcomes/r1`, asked]);
    expect(used.server.received[2]?.headers['idempotency-key']).toBe('r1');
  });

  test.each([409, 412])('that is a rejection, with status %d, is no error', async (status) => {
    used.server.replies(problem(status, 'STATE_CONFLICT', { outcome: REJECTED }));
    expect(await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' })).toEqual(REJECTED);
  });

  test('of a vote is no outcome of a move', async () => {
    const voted = { status: 'voted', requestId: 'r1', to: 'DONE', votes: 1, needed: 2, state: 'OPEN' };
    used.server.replies(json(200, voted));
    expect(await used.intents.approve(INTENT_ID, { to: 'DONE', role: 'lead' })).toEqual(voted);
    await expect(used.intents.transition(INTENT_ID, { to: 'DONE' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^requestId: r1 is that of a vote/) as string,
    });
  });

  test('is not waited for by requestTransition', async () => {
    used.server.replies(
      json(202, { requestId: 'r1' }),
      problem(409, 'TERMINAL_STATE', { outcome: { ...REJECTED, code: 'TERMINAL_STATE' } }),
    );
    const request = { to: 'ICP_PENDING', requestId: 'r1' };
    expect(await used.intents.requestTransition(INTENT_ID, request)).toEqual({ requestId: 'r1' });
    expect(await used.intents.requestTransition(INTENT_ID, request)).toEqual({
      requestId: 'r1',
      outcome: { ...REJECTED, code: 'TERMINAL_STATE' },
    });
    expect(prefers()).toEqual([undefined, undefined]);
  });

  test('that nobody knows is undefined', async () => {
    used.server.replies(
      problem(404, 'OUTCOME_NOT_FOUND'),
      json(200, REJECTED),
      problem(404, 'INTENT_NOT_FOUND'),
    );
    expect(await used.intents.outcome(INTENT_ID, 'r1')).toBeUndefined();
    expect(await used.intents.outcome(INTENT_ID, 'r1')).toEqual(REJECTED);
    await expect(used.intents.outcome(INTENT_ID, 'r1')).rejects.toMatchObject({ code: 'INTENT_NOT_FOUND' });
  });
});

describe('each request', () => {
  const said = { expectedState: 'A', reason: 'why', metadata: { a: null } };
  const at = '2026-01-01T00:00:00Z';

  test.each<[string, (intents: HttpIntentClient) => Promise<unknown>, object]>([
    [
      'transitions',
      (intents) => intents.transition(INTENT_ID, { to: 'B', occurredAt: at, ...said }),
      { to: 'B', occurredAt: at },
    ],
    [
      'approvals',
      (intents) => intents.approve(INTENT_ID, { to: 'B', role: 'lead', onBehalfOf: 'bob', ...said }),
      { to: 'B', role: 'lead', onBehalfOf: 'bob' },
    ],
    ['cancel', (intents) => intents.cancel(INTENT_ID, said), {}],
    ['pause', (intents) => intents.pause(INTENT_ID, said), {}],
    ['resume', (intents) => intents.resume(INTENT_ID, said), {}],
    [
      'force',
      (intents) => intents.force(INTENT_ID, { to: 'B', reopen: true, ...said }),
      { to: 'B', reopen: true },
    ],
    [
      'migrate',
      (intents) => intents.migrate(INTENT_ID, { graph: 'x@2', map: { A: 'B' }, ...said }),
      { graph: 'x@2', map: { A: 'B' } },
    ],
  ])('%s says what it is told', async (path, call, body) => {
    used.server.replies(json(200, APPLIED));
    await call(used.intents);
    const [request] = used.server.received;
    expect(request).toMatchObject({ method: 'POST', path: `/v1/intents/${INTENT_ID}/${path}` });
    expect(request?.body).toEqual({ ...said, ...body });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key-1',
      'content-type': 'application/json',
    });
    expect(request?.headers['if-match']).toBeUndefined();
  });

  test('names the sequence that it expects in If-Match', async () => {
    used.server.replies(json(200, APPLIED));
    await used.intents.pause(INTENT_ID, { expectedSequence: 7 });
    expect(used.server.received[0]).toMatchObject({ headers: { 'if-match': '"7"' }, body: {} });
  });

  test('keeps the quotes of its own id', async () => {
    used.server.replies(json(200, APPLIED));
    await used.intents.pause(INTENT_ID, { requestId: '"r1"' });
    await used.intents.pause(INTENT_ID, { requestId: 'r"1"' });
    const keys = used.server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['""r1""', 'r"1"']);
  });
});

describe('problems', () => {
  test.each<[string, number, string]>([
    ['INVALID_ARGUMENT', 400, 'INVALID_ARGUMENT'],
    ['BODY_TOO_LARGE', 413, 'INVALID_ARGUMENT'],
    ['REQUEST_ID_OF_VOTE', 409, 'INVALID_ARGUMENT'],
    ['UNAUTHENTICATED', 401, 'UNAUTHENTICATED'],
    ['SCOPE_MISSING', 403, 'SCOPE_MISSING'],
    ['ROLE_MISSING', 403, 'ROLE_MISSING'],
    ['INTENT_NOT_FOUND', 404, 'INTENT_NOT_FOUND'],
    ['ROUTE_NOT_FOUND', 404, 'UNEXPECTED_ANSWER'],
    ['INTENT_NOT_RUNNING', 409, 'INTENT_NOT_RUNNING'],
    ['GRAPH_NOT_REGISTERED', 422, 'GRAPH_NOT_REGISTERED'],
  ])('%s with status %d is the error %s', async (code, status, expected) => {
    used.server.replies(problem(status, code));
    const error = { name: 'IntentError', code: expected, message: `The detail of ${code}.` };
    await expect(used.intents.transition(INTENT_ID, { to: 'B' })).rejects.toMatchObject(error);
  });

  test('name the fields that are wrong, as the caller knows them', async () => {
    const errors = [
      { field: 'body.to', message: 'must be text' },
      { field: 'query.limit', message: 'is too much' },
    ];
    used.server.replies(problem(400, 'INVALID_ARGUMENT', { errors }));
    await expect(used.intents.transition(INTENT_ID, { to: 'B' })).rejects.toMatchObject({
      message: 'to: must be text; query.limit: is too much',
    });
  });
});

describe('the audit trail', () => {
  const row = (sequence: number) => ({
    sequence,
    transitionedAt: '2026-01-01T00:00:00.123Z',
    createdAt: '2026-01-02T00:00:00.456Z',
  });

  test('is read page by page, and its times are dates', async () => {
    used.server.replies(
      json(200, { transitions: [row(1), row(2)], next: 2 }),
      json(200, { transitions: [row(3)], next: null }),
    );
    const rows = await used.intents.history(INTENT_ID);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(rows[2]).toMatchObject({
      transitionedAt: new Date('2026-01-01T00:00:00.123Z'),
      createdAt: new Date('2026-01-02T00:00:00.456Z'),
    });
    const path = `GET /v1/intents/${INTENT_ID}/history`;
    expect(sent()).toEqual([`${path}?after=0&limit=1000`, `${path}?after=2&limit=1000`]);
  });

  test('of no intent is empty', async () => {
    used.server.replies(problem(404, 'INTENT_NOT_FOUND'));
    expect(await used.intents.history(INTENT_ID)).toEqual([]);
  });
});

describe('waiting for a state', () => {
  const seen = (state: string, mirrorLag: number, etag: string): Reply =>
    json(200, { id: INTENT_ID, state, sequence: 2, mirrorLag }, { etag });
  const unchanged: Reply = (response) => response.writeHead(304).end();

  test('goes on until Postgres has it, and asks for what is new alone', async () => {
    used.server.replies(
      problem(404, 'INTENT_NOT_FOUND'),
      seen('CREATED', 0, '"1-a"'),
      unchanged,
      seen('ICP_PENDING', 1, '"2-b"'),
      seen('ICP_PENDING', 0, '"2-c"'),
    );
    const reached = await used.intents.waitForState(INTENT_ID, 'ICP_PENDING');
    expect(reached).toMatchObject({ id: INTENT_ID, state: 'ICP_PENDING', mirrorLag: 0 });
    expect(used.server.received.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      '"1-a"',
      '"1-a"',
      '"2-b"',
    ]);
  });

  test.each<[string, Reply, string]>([
    ['where it is', seen('CREATED', 0, '"1-a"'), 'it is in CREATED'],
    ['that there is none', problem(404, 'INTENT_NOT_FOUND'), 'there is no such intent'],
  ])('says in the end %s', async (_title, reply, words) => {
    used.server.replies(reply, late(reply));
    const waiting = used.intents.waitForState(INTENT_ID, (state) => state === 'DONE', {
      timeoutMs: TIMEOUT_MS,
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'STATE_TIMEOUT',
      message: `Intent ${INTENT_ID} did not reach the wanted state within ${TIMEOUT_MS} ms; ${words}.`,
    });
  });

  test('says where it was seen last when the server is gone', async () => {
    const gone = problem(503, 'TEMPORAL_UNAVAILABLE');
    used.server.replies(seen('CREATED', 0, '"1-a"'), gone, late(gone));
    const waiting = used.intents.waitForState(INTENT_ID, 'DONE', { timeoutMs: TIMEOUT_MS });
    await expect(waiting).rejects.toMatchObject({
      code: 'STATE_TIMEOUT',
      message: expect.stringMatching(/it is in CREATED/) as string,
      cause: { code: 'UNAVAILABLE' },
    });
  });

  test('fails as any call does when the server was never there', async () => {
    used.server.replies(late(problem(503, 'TEMPORAL_UNAVAILABLE')));
    const waiting = used.intents.waitForState(INTENT_ID, 'DONE', { timeoutMs: TIMEOUT_MS });
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
