import { HttpIntentClient, type HttpConnectOptions, type TransitionMove } from '../../src/http-client';
import { INTENT_ID, useScriptedServer } from './use-scripted-server';

const used = useScriptedServer();

async function refused(call: Promise<unknown>, message: RegExp): Promise<void> {
  await expect(call).rejects.toMatchObject({
    name: 'IntentError',
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(message) as string,
  });
  expect(used.server.received).toEqual([]);
}

describe('nothing is sent', () => {
  test.each(['actor', 'scope', 'organizationId', 'createdBy'])(
    'when a request says %s, which is the credential’s to say',
    async (name) => {
      const request = { to: 'B', reason: 'r', [name]: 'x' };
      await refused(used.intents.transition(INTENT_ID, request), new RegExp(`^${name}: is no field`));
      await refused(used.intents.force(INTENT_ID, request), new RegExp(`^${name}: is no field`));
      await refused(used.intents.create({ [name]: 'x' }), new RegExp(`^${name}: is no field`));
    },
  );

  test.each(['', 'ä', ' a', 'a ', 'a\nb', '.', '..', 'x'.repeat(129)])(
    'with the request id %j',
    async (requestId) => {
      await refused(used.intents.transition(INTENT_ID, { to: 'B', requestId }), /^requestId: /);
      await refused(used.intents.outcome(INTENT_ID, requestId), /^requestId: /);
    },
  );

  test('with an idempotency key that no header holds', async () => {
    await refused(used.intents.create({ idempotencyKey: 'ключ' }), /^idempotencyKey: /);
  });

  test('to what is no intent id', async () => {
    await refused(used.intents.describe(INTENT_ID.toUpperCase()), /^intentId: must be a UUID in lower case/);
    await refused(used.intents.history('../graphs'), /^intentId: /);
    await refused(used.intents.cancel('x'), /^intentId: /);
  });

  test.each([0, -1, Number.NaN, 86_400_001])('with a timeout of %d', async (timeoutMs) => {
    await refused(used.intents.cancel(INTENT_ID, {}, { timeoutMs }), /^timeoutMs: /);
    await refused(used.intents.describe(INTENT_ID, { timeoutMs }), /^timeoutMs: /);
    await refused(used.intents.waitForState(INTENT_ID, 'A', { timeoutMs }), /^timeoutMs: /);
  });

  test.each([0, 1.5, -1])('that expects the sequence %d', async (expectedSequence) => {
    await refused(used.intents.cancel(INTENT_ID, { expectedSequence }), /^expectedSequence: /);
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  test.each<[string, unknown, RegExp]>([
    ['NaN', { a: [Number.NaN] }, /^metadata: must contain finite numbers only/],
    ['undefined', { a: undefined }, /^metadata: must be JSON, it contains a undefined/],
    ['a function', { a: () => 1 }, /^metadata: must be JSON, it contains a function/],
    ['a bigint', { a: 1n }, /^metadata: must be JSON, it contains a bigint/],
    ['bytes', { a: new Uint8Array(1) }, /^metadata: must be JSON, it contains bytes/],
    ['a circle', circle, /^metadata: must be JSON, /],
  ])('of metadata with %s, which JSON would lose', async (_title, metadata, message) => {
    const request = { to: 'B', metadata } as TransitionMove;
    await refused(used.intents.transition(INTENT_ID, request), message);
  });
});

test.each<[string, HttpConnectOptions, RegExp]>([
  ['a URL that is none', { url: 'intents', apiKey: 'k' }, /^url: /],
  ['another scheme', { url: 'ftp://x', apiKey: 'k' }, /^url: /],
  ['credentials in the URL', { url: 'https://ada:secret@x', apiKey: 'k' }, /^url: (?!.*secret)/],
  ['a query', { url: 'https://x/?a=1', apiKey: 'k' }, /^url: /],
  ['no credential', { url: 'https://x', apiKey: '' }, /^apiKey: /],
])('connect refuses %s', async (_title, options, message) => {
  await refused(HttpIntentClient.connect(options), message);
});
