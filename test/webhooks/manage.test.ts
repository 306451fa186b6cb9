import { Webhook } from 'standardwebhooks';

import { runsOf } from '../setup/workflow-tasks';
import { webhookLaneId } from '../../src/intent';
import { WEBHOOK_LIMITS } from '../../src/webhooks/limits';
import { eventually } from '../setup/eventually';
import { ORGANIZATION, OTHER_ORGANIZATION } from '../setup/intent-environment';
import { startReceiver, type Receiver } from '../setup/receiver';
import { createWebhookEnvironment, type WebhookEnvironment } from '../setup/webhook-environment';

let environment: WebhookEnvironment;
let receiver: Receiver;
/** Of the other organization. */
let theirs: string;

beforeAll(async () => {
  environment = await createWebhookEnvironment('webhooks-manage', [100, 100]);
  await environment.startOperations();
  receiver = await startReceiver();
  theirs = await environment.gateway.key({ organizationId: OTHER_ORGANIZATION });
});
afterAll(async () => {
  await receiver.close();
  await environment.close();
});

const send = (method: string, path: string, request: { key?: string; body?: unknown } = {}) =>
  environment.gateway.send(method, `/v1/webhooks${path}`, request);

/** Everything that may be done to a webhook. */
const ACTS: [method: string, path: string, body?: unknown][] = [
  ['GET', ''],
  ['POST', '/rotate-secret'],
  ['POST', '/test'],
  ['GET', '/dead-letters'],
  ['POST', '/replay', { after: 0 }],
  ['POST', '/replay', { deadLetters: true }],
  ['DELETE', ''],
];

test('a webhook is made, read, listed and deleted; its secret is shown once', async () => {
  const made = await send('POST', '', {
    body: { url: receiver.url, description: 'Orders', events: ['intent.vote'], states: ['ICP_PENDING'] },
  });
  const { webhook, secret } = made.body as { webhook: { id: string }; secret: string };
  expect(made.status).toBe(201);
  expect(made.headers.get('location')).toBe(`/v1/webhooks/${webhook.id}`);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(webhook).toEqual({
    id: webhook.id,
    url: receiver.url,
    description: 'Orders',
    events: ['intent.vote'],
    states: ['ICP_PENDING'],
    startPosition: 0,
    position: 0,
    createdBy: 'ada',
    createdAt: expect.any(String) as string,
    disabledAt: null,
  });
  expect((await send('GET', `/${webhook.id}`)).body).toEqual(webhook);
  expect((await send('GET', '')).body).toEqual({ webhooks: [webhook] });
  const deleted = await send('DELETE', `/${webhook.id}`);
  expect([deleted.status, deleted.body]).toEqual([204, undefined]);
  expect((await send('GET', '')).body).toEqual({ webhooks: [] });
  for (const [method, path, body] of ACTS) {
    const refused = await send(method, `/${webhook.id}${path}`, { body });
    expect([method, path, refused.status, refused.body]).toMatchObject([
      method,
      path,
      404,
      { code: 'WEBHOOK_NOT_FOUND' },
    ]);
  }
  const { rows } = await environment.superuser.query(
    'SELECT FROM intent_webhook_secrets WHERE webhook_id = $1',
    [webhook.id],
  );
  expect(rows).toEqual([]);
});

test('a receiver that is not public, or an answer that is none, is refused and named', async () => {
  for (const url of [
    'https://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'https://[::1]/',
    'nothing',
  ]) {
    const { status, body } = await send('POST', '', { body: { url } });
    expect([url, status, body]).toMatchObject([
      url,
      400,
      { code: 'INVALID_ARGUMENT', errors: [{ field: 'body.url' }] },
    ]);
  }
  for (const more of [{ events: [] }, { events: ['intent.test'] }, { states: [] }, { secret: 'mine' }]) {
    const { status } = await send('POST', '', { body: { url: receiver.url, ...more } });
    expect([more, status]).toEqual([more, 400]);
  }
});

test('webhooks need the scope admin', async () => {
  const key = await environment.gateway.key({ scopes: ['read', 'transition', 'approve'] });
  const { id } = await environment.hook(receiver.url);
  const routes = ACTS.map(([method, path, body]) => [method, `/${id}${path}`, body] as const);
  for (const [method, path, body] of [
    ['GET', '', undefined] as const,
    ['POST', '', { url: receiver.url }] as const,
    ...routes,
  ]) {
    const refused = await send(method, path, { key, body });
    expect([method, path, refused.status, refused.body]).toMatchObject([
      method,
      path,
      403,
      { code: 'SCOPE_MISSING' },
    ]);
  }
  await send('DELETE', `/${id}`);
});

test('an organization has so many and no more, however many are made at the same time', async () => {
  const answers = await Promise.all(
    Array.from({ length: WEBHOOK_LIMITS.webhooks + 5 }, () =>
      send('POST', '', { key: theirs, body: { url: receiver.url } }),
    ),
  );
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual(
    Array.from({ length: 5 }, () => [409, 'TOO_MANY_WEBHOOKS']),
  );
  const { body } = await send('GET', '', { key: theirs });
  for (const { id } of (body as { webhooks: { id: string }[] }).webhooks) {
    await send('DELETE', `/${id}`, { key: theirs });
  }
});

describe('of another organization', () => {
  test('a webhook is neither seen nor touched', async () => {
    const { id } = await environment.hook(receiver.url);
    const before = (await send('GET', `/${id}`)).body;
    for (const [method, path, body] of ACTS) {
      const refused = await send(method, `/${id}${path}`, { key: theirs, body });
      expect([method, path, refused.status, refused.body]).toMatchObject([
        method,
        path,
        404,
        { code: 'WEBHOOK_NOT_FOUND' },
      ]);
    }
    expect((await send('GET', '', { key: theirs })).body).toEqual({ webhooks: [] });
    expect((await send('GET', `/${id}`)).body).toEqual(before);

    const mine = await environment.intents.create({ organizationId: ORGANIZATION });
    const told = () => receiver.received.map(({ body: { data } }) => data.intentId);
    const unheard = await environment.intents.create({ organizationId: OTHER_ORGANIZATION });
    await eventually(() => expect(told()).toContain(mine.id));
    const { rows } = await environment.superuser.query('SELECT FROM intent_webhooks WHERE position = 1');
    expect(rows).toHaveLength(1);
    expect(told()).not.toContain(unheard.id);
    await send('DELETE', `/${id}`);
  });
});

test('the secret is in no history, no answer but the first, and out of reach of the gateway', async () => {
  const { id, secret } = await environment.hook(receiver.url);
  const intent = await environment.intents.create({ organizationId: ORGANIZATION });
  await eventually(() => {
    expect(receiver.received.map(({ body: { data } }) => data.intentId)).toContain(intent.id);
  });
  const lane = environment.temporal.workflow.getHandle(webhookLaneId(id, intent.id));
  await lane.result();
  const tested = await send('POST', `/${id}/test`);
  expect([tested.status, tested.body]).toMatchObject([200, { delivered: true, status: 204 }]);

  const histories = [
    ...(await runsOf(environment.temporal, webhookLaneId(id, intent.id))),
    ...(await runsOf(environment.temporal, environment.dispatchId)),
  ];
  // A payload is bytes, which JSON writes as a list of numbers.
  const all = JSON.stringify(histories, (_key, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: unknown; data?: number[] };
    return type === 'Buffer' && data !== undefined ? Buffer.from(data).toString('utf8') : value;
  });
  expect(all).toContain(intent.id);
  expect(all).not.toContain(secret.slice('whsec_'.length));
  const answers = [
    await send('GET', ''),
    await send('GET', `/${id}`),
    await send('GET', `/${id}/dead-letters`),
  ];
  expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain(secret.slice('whsec_'.length));
  await send('DELETE', `/${id}`);
});

test('after a rotation both secrets sign, and after another one the first no more', async () => {
  const { id, secret: first } = await environment.hook(receiver.url);
  const verifies = async () => {
    await send('POST', `/${id}/test`);
    const { text, headers } = receiver.received.at(-1) as (typeof receiver.received)[number];
    return (secret: string) => {
      try {
        new Webhook(secret).verify(text, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    };
  };
  const rotate = async () => {
    const { status, body } = await send('POST', `/${id}/rotate-secret`);
    expect(status).toBe(200);
    return body as { secret: string; previousUntil: string };
  };
  const { secret: second, previousUntil } = await rotate();
  const left = new Date(previousUntil).getTime() - Date.now();
  expect(left).toBeGreaterThan(WEBHOOK_LIMITS.secretOverlapMs - 60_000);
  expect([first, second].map(await verifies())).toEqual([true, true]);
  const { secret: third } = await rotate();
  expect([first, second, third].map(await verifies())).toEqual([false, true, true]);

  await environment.superuser.query(
    `UPDATE intent_webhook_secrets SET expires_at = now() WHERE webhook_id = $1 AND expires_at IS NOT NULL`,
    [id],
  );
  expect([first, second, third].map(await verifies())).toEqual([false, false, true]);
  await send('DELETE', `/${id}`);
});
