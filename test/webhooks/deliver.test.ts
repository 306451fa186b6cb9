import { Webhook } from 'standardwebhooks';

import { ACTIVITY_LIMITS } from '../../src/activities/limits';
import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { claimGraph } from '../setup/claim-graph';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { startReceiver, type Received, type Receiver } from '../setup/receiver';
import { createWebhookEnvironment, type WebhookEnvironment } from '../setup/webhook-environment';

let environment: WebhookEnvironment;
const receivers: Receiver[] = [];
/** An organization that has no webhooks. */
const UNHEARD = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a009';

beforeAll(async () => {
  environment = await createWebhookEnvironment('webhooks-deliver', [200, 200, 200, 200, 200, 200]);
  const { id } = await environment.intents.create({ organizationId: UNHEARD });
  await environment.intents.waitForState(id, 'CREATED');
  // More than one look takes.
  await environment.superuser.query(
    `INSERT INTO intent_event_outbox (organization_id, workflow_id, kind, row_number)
     SELECT $1, $2, 'transition', 1 FROM generate_series(1, $3)`,
    [UNHEARD, id, 2 * ACTIVITY_LIMITS.eventsPerLook],
  );
  await environment.startOperations();
});
afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.close())));
afterAll(() => environment.close());

async function receiver(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const started = await startReceiver(...args);
  receivers.push(started);
  return started;
}

/** An intent that has moved to ICP_PROCESSING: three transitions. */
async function movedIntent(): Promise<string> {
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION });
  await environment.intents.transition(id, { to: 'ICP_PENDING' });
  await environment.intents.transition(id, { to: 'ICP_PROCESSING' });
  return id;
}

const sequencesOf = (received: Received[], intentId: string) =>
  received
    .filter(({ body }) => body.data.intentId === intentId)
    .map(({ body }) => body.data.transition?.sequence);

test('a webhook is told of each transition, in order, by messages that the Standard Webhooks library verifies', async () => {
  const { url, received } = await receiver();
  const { secret } = await environment.hook(url);
  const id = await movedIntent();
  await eventually(() => expect(sequencesOf(received, id)).toEqual([1, 2, 3]));

  const verifier = new Webhook(secret);
  const { body } = await environment.gateway.send('GET', `/v1/intents/${id}/history`);
  const [row] = (body as { transitions: { transitionedAt: string }[] }).transitions;
  for (const { headers, text } of received) verifier.verify(text, headers as Record<string, string>);
  const [first] = received;
  expect(first?.body).toEqual({
    type: 'intent.transition',
    timestamp: row?.transitionedAt,
    data: { type: 'transition', intentId: id, transition: row },
  });
  expect(first?.headers['content-type']).toBe('application/json');
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  const stranger = new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`);
  expect(() => stranger.verify(first?.text ?? '', first?.headers as Record<string, string>)).toThrow();
});

test('while an event of an intent is refused its next ones wait, and another intent is not held up', async () => {
  let refusing = '';
  let refused = 0;
  const { url, received } = await receiver(({ body }) => {
    if (body.data.intentId !== refusing || refused === 4) return 200;
    refused += 1;
    return 500;
  });
  await environment.hook(url);
  refusing = (await environment.intents.create({ organizationId: ORGANIZATION })).id;
  await environment.intents.transition(refusing, { to: 'ICP_PENDING' });
  const other = await movedIntent();
  await eventually(() => expect(sequencesOf(received, other)).toEqual([1, 2, 3]));
  await eventually(() => expect(sequencesOf(received, refusing)).toEqual([1, 1, 1, 1, 1, 2]));
  const ids = received
    .filter(({ body }) => body.data.intentId === refusing && body.data.transition?.sequence === 1)
    .map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
});

test('a webhook is told of what happens from then on, and of what it asks for', async () => {
  const before = await movedIntent();
  const { url, received } = await receiver();
  await environment.hook(url, { states: ['ICP_PROCESSING'], events: ['intent.transition'] });
  const after = await movedIntent();
  await environment.intents.transition(before, { to: 'ICP_FAILED' });
  await environment.intents.transition(before, { to: 'ICP_PROCESSING' });
  await eventually(() => expect(sequencesOf(received, before)).toEqual([5]));
  await eventually(() => expect(sequencesOf(received, after)).toEqual([3]));
  expect(received).toHaveLength(2);
});

test('a webhook is told of votes', async () => {
  const owner = createPool({ databaseUrl: environment.database.ownerUrl, applicationName: 'test graphs' });
  await registerGraph(owner, claimGraph());
  await owner.end();
  const { url, received } = await receiver();
  await environment.hook(url, { events: ['intent.vote'] });
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION, graph: 'claim' });
  await environment.intents.transition(id, { to: 'SUBMITTED' });
  await environment.intents.approve(id, { to: 'APPROVED', role: 'supervisor', actor: 'ada' });
  await eventually(() => expect(received).toHaveLength(1));
  expect(received[0]?.body).toMatchObject({
    type: 'intent.vote',
    data: { type: 'vote', intentId: id, vote: { number: 1, role: 'supervisor', actor: 'ada', kind: 'cast' } },
  });
});

test('a receiver that answers 410 is told of nothing more', async () => {
  const { url, received } = await receiver(() => 410);
  const { id } = await environment.hook(url);
  await movedIntent();
  const path = `/v1/webhooks/${id}`;
  await eventually(async () => {
    const { body } = await environment.gateway.send('GET', path);
    expect((body as { disabledAt: string | null }).disabledAt).not.toBeNull();
  });
  expect(received).toHaveLength(1);
  const tested = await environment.gateway.send('POST', `${path}/test`);
  expect([tested.status, tested.body]).toMatchObject([409, { code: 'WEBHOOK_DISABLED' }]);

  // Another one is told of what this one is not.
  const still = await receiver();
  await environment.hook(still.url);
  const other = await movedIntent();
  await eventually(() => expect(sequencesOf(still.received, other)).toEqual([1, 2, 3]));
  expect(received).toHaveLength(1);
});

test('a redirection is not followed, and of a long answer only the beginning is read', async () => {
  const elsewhere = await receiver();
  const { url, received } = await receiver(() => (response) => {
    response.writeHead(302, { location: elsewhere.url });
    // Without end: whoever reads all of it never comes to one.
    const more = () => {
      if (!response.destroyed) response.write('x'.repeat(10_000), () => setImmediate(more));
    };
    more();
  });
  const { id } = await environment.hook(url);
  const { status, body } = await environment.gateway.send('POST', `/v1/webhooks/${id}/test`);
  expect([status, body]).toEqual([
    200,
    {
      delivered: false,
      status: 302,
      problem: 'The receiver answered 302',
      response: 'x'.repeat(1_024),
    },
  ]);
  expect(received.map(({ body: { type } }) => type)).toEqual(['intent.test']);
  expect(elsewhere.connections).toBe(0);
  await environment.gateway.send('DELETE', `/v1/webhooks/${id}`);
});

test('events have got their positions also where nobody listens', async () => {
  await eventually(async () => {
    const { rows } = await environment.superuser.query(
      'SELECT last_position FROM intent_event_feeds WHERE organization_id = $1',
      [UNHEARD],
    );
    expect(rows).toEqual([{ last_position: String(1 + 2 * ACTIVITY_LIMITS.eventsPerLook) }]);
  });
});
