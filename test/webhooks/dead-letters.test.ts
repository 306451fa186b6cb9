import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { startReceiver, type Receiver } from '../setup/receiver';
import { createWebhookEnvironment, type WebhookEnvironment } from '../setup/webhook-environment';

let environment: WebhookEnvironment;
let receiver: Receiver;
let answer = 200;

beforeAll(async () => {
  environment = await createWebhookEnvironment('webhooks-dead-letters', [100, 100]);
  await environment.startOperations();
  receiver = await startReceiver(() => (response) => response.writeHead(answer).end('no room\0 here'));
});
afterAll(async () => {
  await receiver.close();
  await environment.close();
});

interface Letters {
  deadLetters: { position: number; intentId: string; attempts: number; replayedAt: string | null }[];
  next: number | null;
}

const told = () => receiver.received.map(({ body }) => body.data.transition?.sequence);
const idsOf = (sequence: number) =>
  receiver.received
    .filter(({ body }) => body.data.transition?.sequence === sequence)
    .map(({ headers }) => headers['webhook-id']);

async function letters(id: string, query = ''): Promise<Letters> {
  const { status, body } = await environment.gateway.send('GET', `/v1/webhooks/${id}/dead-letters${query}`);
  expect(status).toBe(200);
  return body as Letters;
}

test('what can not be delivered is kept, what follows is delivered, and both are delivered once more when that is asked for', async () => {
  const { id } = await environment.hook(receiver.url);
  answer = 503;
  const { id: intentId } = await environment.intents.create({ organizationId: ORGANIZATION });
  await environment.intents.transition(intentId, { to: 'ICP_PENDING' });
  await eventually(async () => expect((await letters(id)).deadLetters).toHaveLength(2));
  expect(told()).toEqual([1, 1, 1, 2, 2, 2]);
  const first = await letters(id, '?limit=1');
  expect(first).toEqual({
    deadLetters: [
      {
        position: 1,
        intentId,
        event: 'intent.transition',
        row: 1,
        attempts: 3,
        status: 503,
        error: 'The receiver answered 503',
        response: 'no room here',
        firstAttemptedAt: expect.any(String) as string,
        lastAttemptedAt: expect.any(String) as string,
        replayedAt: null,
      },
    ],
    next: 1,
  });
  expect((await letters(id, `?after=${first.next}`)).deadLetters).toMatchObject([{ position: 2 }]);

  answer = 200;
  await environment.intents.transition(intentId, { to: 'ICP_PROCESSING' });
  await eventually(() => expect(told().slice(6)).toEqual([3]));

  const replay = (body: unknown) => environment.gateway.send('POST', `/v1/webhooks/${id}/replay`, { body });
  const asked = await replay({ deadLetters: true });
  expect([asked.status, asked.body]).toEqual([202, { deadLetters: 2 }]);
  await eventually(() => expect(told().slice(7)).toEqual([1, 2]));
  for (const { replayedAt } of (await letters(id)).deadLetters) expect(replayedAt).not.toBeNull();
  expect(await replay({ deadLetters: true })).toMatchObject({ body: { deadLetters: 0 } });

  const again = await replay({ after: 1 });
  expect([again.status, again.body]).toEqual([202, { after: 1 }]);
  await eventually(() => expect(told().slice(9)).toEqual([2, 3]));
  // Receivers know them by their ids, however often they come.
  for (const sequence of [1, 2, 3]) expect(new Set(idsOf(sequence)).size).toBe(1);
  const wrong = await replay({ after: 1, deadLetters: true });
  expect([wrong.status, wrong.body]).toMatchObject([400, { code: 'INVALID_ARGUMENT' }]);
  await environment.gateway.send('DELETE', `/v1/webhooks/${id}`);
});

test('a dead letter whose replay fails is one again', async () => {
  const { id } = await environment.hook(receiver.url);
  answer = 500;
  await environment.intents.create({ organizationId: ORGANIZATION });
  await eventually(async () => expect((await letters(id)).deadLetters).toHaveLength(1));
  const [before] = (await letters(id)).deadLetters;
  const count = told().length;
  await environment.gateway.send('POST', `/v1/webhooks/${id}/replay`, { body: { deadLetters: true } });
  await eventually(async () => {
    expect(told().length).toBe(count + 3);
    const [after] = (await letters(id)).deadLetters;
    expect(after).toMatchObject({ position: before?.position, attempts: 3, replayedAt: null });
    expect(after).not.toEqual(before);
  });
  await environment.gateway.send('DELETE', `/v1/webhooks/${id}`);
});

test('that nobody answers is kept like an answer', async () => {
  const away = await startReceiver();
  await away.close();
  const { id } = await environment.hook(away.url);
  await environment.intents.create({ organizationId: ORGANIZATION });
  await eventually(async () =>
    expect((await letters(id)).deadLetters).toMatchObject([
      { attempts: 3, status: null, error: expect.stringContaining('ECONNREFUSED') as string, response: null },
    ]),
  );
});
