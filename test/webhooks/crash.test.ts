import { eventually } from '../setup/eventually';
import { fromEnvironment, ORGANIZATION } from '../setup/intent-environment';
import { startReceiver, type Receiver } from '../setup/receiver';
import { startCrashingProcess } from '../setup/start-crashing-worker';
import { createWebhookEnvironment, type WebhookEnvironment } from '../setup/webhook-environment';
import { killLeftovers } from '../setup/worker-process';

let environment: WebhookEnvironment;
let receiver: Receiver;

beforeAll(async () => {
  environment = await createWebhookEnvironment('webhooks-crash', [200, 200, 200]);
  receiver = await startReceiver();
});
afterAll(async () => {
  killLeftovers();
  await receiver.close();
  await environment.close();
});

test('a worker that dies when the lanes have the events, and before it has noted so, loses none of them', async () => {
  const { id: webhookId } = await environment.hook(receiver.url);
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION });
  await environment.intents.transition(id, { to: 'ICP_PENDING' });
  const crashing = startCrashingProcess({
    DATABASE_URL: environment.database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    TASK_QUEUE: environment.operationsTaskQueue,
    CRASH_IN: 'advanceWebhook',
    INTENT_WEBHOOK_PRIVATE_HOSTS: '127.0.0.1',
  });
  await expect(crashing.exited).resolves.toBe('SIGKILL');
  const positions = 'SELECT position, start_position FROM intent_webhooks WHERE id = $1';
  const before = await environment.superuser.query(positions, [webhookId]);
  expect(before.rows).toEqual([{ position: '0', start_position: '0' }]);

  await environment.startOperations();
  await eventually(async () => {
    const { rows } = await environment.superuser.query(positions, [webhookId]);
    expect(rows).toEqual([{ position: '2', start_position: '0' }]);
  }, 90_000);
  // Handed on twice: once more where the lane had ended, and with the same ids.
  await environment.intents.transition(id, { to: 'ICP_PROCESSING' });
  const told = () => receiver.received.map(({ body }) => body.data.transition?.sequence);
  await eventually(() => expect(told().at(-1)).toBe(3));
  expect([...new Set(told())]).toEqual([1, 2, 3]);
  const ids = (sequence: number) =>
    receiver.received
      .filter(({ body }) => body.data.transition?.sequence === sequence)
      .map(({ headers }) => headers['webhook-id']);
  for (const sequence of [1, 2, 3]) expect(new Set(ids(sequence)).size).toBe(1);
  expect(ids(1).length).toBeGreaterThan(1);
}, 180_000);
