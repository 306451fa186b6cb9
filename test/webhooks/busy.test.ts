import type { ServerResponse } from 'node:http';

import { temporal as api } from '@temporalio/proto';

import { deliveriesTaskQueue } from '../../src/intent';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { startReceiver, type Receiver } from '../setup/receiver';
import { createWebhookEnvironment, type WebhookEnvironment } from '../setup/webhook-environment';

const DELIVERIES = 2;
const INTENTS = 6;

let environment: WebhookEnvironment;
const receivers: Receiver[] = [];

beforeAll(async () => {
  environment = await createWebhookEnvironment('webhooks-busy', [60_000]);
  await environment.startOperations({ maxConcurrentActivityTaskExecutions: DELIVERIES });
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await environment.close();
});

/** In Temporal, for a worker. */
async function waitingDeliveries(): Promise<number> {
  const { workflowService } = environment.temporal.connection;
  const { stats } = await workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: deliveriesTaskQueue(environment.operationsTaskQueue) },
    taskQueueType: api.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    reportStats: true,
  });
  return Number(stats?.approximateBacklogCount ?? 0);
}

test('receivers that do not answer keep no other operation waiting', async () => {
  const held: ServerResponse[] = [];
  let released = false;
  const silent = await startReceiver(() => (response) => {
    if (released) response.writeHead(204).end();
    else held.push(response);
  });
  receivers.push(silent);
  const good = await startReceiver();
  receivers.push(good);
  await environment.hook(silent.url);
  const { id } = await environment.hook(good.url, { states: ['CANCELLED'] });
  for (let count = 0; count < INTENTS; count += 1) {
    await environment.intents.create({ organizationId: ORGANIZATION });
  }
  await eventually(async () => {
    expect(held.length).toBeGreaterThanOrEqual(DELIVERIES);
    expect(await waitingDeliveries()).toBeGreaterThan(0);
  });

  const tested = await environment.gateway.send('POST', `/v1/webhooks/${id}/test`);
  expect(tested.body).toMatchObject({ delivered: true, status: 204 });
  expect(silent.received.length).toBeLessThan(INTENTS);
  released = true;
  held.forEach((response) => response.writeHead(204).end());
  await eventually(() => expect(silent.received).toHaveLength(INTENTS));
});
