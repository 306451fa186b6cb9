import { HttpIntentClient, isIntentError, OutcomeTimeoutError } from '../../src/http-client';
import { json, lost, lostHalfWay, problem, silent, text, type Reply } from './scripted-server';
import { APPLIED, INTENT_ID, late, TIMEOUT_MS, useScriptedServer } from './use-scripted-server';

const used = useScriptedServer();

const keys = () => used.server.received.map(({ headers }) => headers['idempotency-key']);
const paths = () => used.server.received.map(({ method, path }) => `${method} ${path}`);
const TRANSITIONS = `POST /v1/intents/${INTENT_ID}/transitions`;

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => Promise.reject(new Error(`It ended with ${JSON.stringify(value)}.`)),
    (error: unknown) => error,
  );
}

describe('a request is sent again with the same Idempotency-Key', () => {
  test.each<[string, Reply]>([
    ['the connection is lost after the request was taken', lost],
    ['the connection is lost in the middle of the answer', lostHalfWay],
    ['Temporal is away', problem(503, 'TEMPORAL_UNAVAILABLE')],
    ['too many wait', problem(503, 'TOO_MANY_WAITING')],
    ['there were too many requests', problem(429, 'RATE_LIMITED')],
    ['a proxy reaches no gateway', text(502, '<h1>Bad Gateway</h1>')],
  ])('when %s', async (_title, failure) => {
    used.server.replies(failure, failure, json(200, APPLIED));
    expect(await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' })).toEqual(APPLIED);
    expect(paths()).toEqual([TRANSITIONS, TRANSITIONS, TRANSITIONS]);
    const [first] = keys();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys()).toEqual([first, first, first]);
    expect(used.server.received.map(({ body }) => body)).toEqual(Array(3).fill({ to: 'ICP_PENDING' }));
  });

  test('which is the request id, where it has one', async () => {
    used.server.replies(lost, json(200, APPLIED));
    await used.intents.cancel(INTENT_ID, { requestId: 'r1' });
    expect(keys()).toEqual(['r1', 'r1']);
  });

  test('not before Retry-After says so, in seconds or as a date', async () => {
    const inSeconds = problem(503, 'POSTGRES_UNAVAILABLE', { headers: { 'retry-after': '1' } });
    const asDate: Reply = (response, request) => {
      const headers = { 'retry-after': new Date(Date.now() + 2_000).toUTCString() };
      problem(503, 'POSTGRES_UNAVAILABLE', { headers })(response, request);
    };
    used.server.replies(inSeconds, asDate, json(200, APPLIED));
    await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' });
    const [first = 0, second = 0, third = 0] = used.server.received.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    // A date has no milliseconds.
    expect(third - second).toBeGreaterThan(1_000);
  });

  test('with a token that is asked for before each try', async () => {
    const tokens = ['a', 'b'];
    const intents = await HttpIntentClient.connect({
      url: used.server.url,
      token: () => Promise.resolve(tokens.shift() ?? ''),
    });
    used.server.replies(lost, json(200, APPLIED));
    await intents.transition(INTENT_ID, { to: 'ICP_PENDING' });
    const sent = used.server.received.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(['Bearer a', 'Bearer b']);
  });
});

describe('a creation is sent again with the same Idempotency-Key', () => {
  const repeated = json(200, { id: INTENT_ID, created: false });

  test('which is made up where it has none: then it was this call that created the intent', async () => {
    used.server.replies(lost, repeated);
    expect(await used.intents.create({ title: 'x' })).toEqual({ id: INTENT_ID, created: true });
    const [first] = keys();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys()).toEqual([first, first]);
  });

  test('which is its own', async () => {
    used.server.replies(lost, repeated);
    const request = { title: 'x', graph: 'order@1', metadata: { a: [1] }, idempotencyKey: 'order-17' };
    expect(await used.intents.create(request)).toEqual({ id: INTENT_ID, created: false });
    expect(keys()).toEqual(['order-17', 'order-17']);
    expect(used.server.received[0]?.body).toEqual({ title: 'x', graph: 'order@1', metadata: { a: [1] } });
  });
});

describe('nothing is sent again', () => {
  test.each<[string, Reply, object]>([
    ['an internal error', problem(500, 'INTERNAL'), { code: 'UNEXPECTED_ANSWER' }],
    ['a page of somebody else', text(200, '<h1>Welcome</h1>'), { code: 'UNEXPECTED_ANSWER' }],
    ['JSON that is no outcome', json(200, { status: 'fine' }), { code: 'UNEXPECTED_ANSWER' }],
    ['a wrong key', problem(401, 'UNAUTHENTICATED'), { code: 'UNAUTHENTICATED' }],
  ])('after %s', async (_title, reply, error) => {
    used.server.replies(reply);
    const failed = await failureOf(used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' }));
    expect(failed).toMatchObject(error);
    expect(isIntentError(failed)).toBe(true);
    expect(paths()).toEqual([TRANSITIONS]);
  });

  test('when an intent is at its limit, which is an outcome and no limit of requests', async () => {
    const outcome = { status: 'rejected', requestId: 'r1', code: 'LIMIT_REACHED', message: 'm', state: 'S' };
    used.server.replies(problem(429, 'LIMIT_REACHED', { outcome }));
    expect(await used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' })).toEqual(outcome);
    expect(paths()).toEqual([TRANSITIONS]);
  });

  test('elsewhere: a redirect would take the credential along', async () => {
    used.server.replies(text(308, '', { location: `${used.server.url}/elsewhere` }));
    const failed = await failureOf(used.intents.transition(INTENT_ID, { to: 'ICP_PENDING' }));
    expect(failed).toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    expect(paths()).toEqual([TRANSITIONS]);
  });
});

describe('when the time is up', () => {
  const move = (timeoutMs = TIMEOUT_MS) =>
    failureOf(used.intents.transition(INTENT_ID, { to: 'ICP_PENDING', requestId: 'r1' }, { timeoutMs }));
  /** There is no use in waiting for what comes too late. */
  const tooLate = { 'retry-after': String(TIMEOUT_MS / 1000) };

  test.each<[string, Reply]>([
    ['never answered', silent],
    ['lost', lost],
    ['refused by a server that may have passed it on', problem(503, 'TEMPORAL_UNAVAILABLE')],
  ])('nobody knows whether a request stands that was %s', async (_title, reply) => {
    used.server.replies(reply);
    const failed = await move(400);
    expect(failed).toBeInstanceOf(OutcomeTimeoutError);
    expect(failed).toMatchObject({ requestStands: 'unknown', requestId: 'r1', intentId: INTENT_ID });
    expect((failed as OutcomeTimeoutError).cause).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a proxy that limits requests takes none either', async () => {
    used.server.replies(text(429, '<h1>Slow down</h1>', tooLate));
    expect(await move()).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test.each([
    ['RATE_LIMITED', 429],
    ['TOO_MANY_WAITING', 503],
  ])('a request that was refused with %s each time was not taken', async (code, status) => {
    const refused = problem(status, code, { headers: tooLate });
    used.server.replies(refused);
    expect(await move()).toMatchObject({ code, message: `The detail of ${code}.` });
    expect(used.server.received).toHaveLength(1);
    used.server.replies(lost, refused);
    expect(await move()).toMatchObject({ code: 'OUTCOME_TIMEOUT', requestStands: 'unknown' });
  });

  test('a request that was taken stands', async () => {
    const none = problem(404, 'OUTCOME_NOT_FOUND');
    used.server.replies(json(202, { requestId: 'r1' }), none, none, late(none));
    expect(await move()).toMatchObject({ code: 'OUTCOME_TIMEOUT', requestStands: true });
    expect(used.server.received).toHaveLength(4);
    used.server.replies(json(202, { requestId: 'r1' }), lost, late(lost));
    expect(await move()).toMatchObject({ code: 'OUTCOME_TIMEOUT', requestStands: true });
  });

  test('a token that does not come counts as well', async () => {
    const never = await HttpIntentClient.connect({
      url: used.server.url,
      token: () => new Promise(() => {}),
    });
    used.server.replies(silent);
    const failed = await failureOf(never.describe(INTENT_ID, { timeoutMs: 200 }));
    expect(failed).toMatchObject({ code: 'UNAVAILABLE' });
    expect(used.server.received).toEqual([]);
  });

  test('what only reads fails with UNAVAILABLE, and says why', async () => {
    used.server.replies(lost, late(lost));
    const failed = await failureOf(used.intents.describe(INTENT_ID, { timeoutMs: TIMEOUT_MS }));
    expect(failed).toMatchObject({ code: 'UNAVAILABLE' });
    expect((failed as Error).message).toContain(used.server.url);
    expect(used.server.received).toHaveLength(2);
  });
});
