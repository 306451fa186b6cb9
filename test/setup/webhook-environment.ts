import { randomUUID } from 'node:crypto';

import { NativeConnection, type WorkerOptions } from '@temporalio/worker';

import { createOperationsActivities } from '../../src/activities';
import type { ReceiverRules } from '../../src/webhooks/receiver-rules';
import { deliveriesTaskQueue } from '../../src/intent';
import { createDeliveriesWorker, createOperationsWorker, startWebhooks } from '../../src/worker';
import { runWorkers } from '../../src/worker/run-workers';
import { startGateway, type TestGateway } from './gateway';
import { createIntentEnvironment, fromEnvironment, type IntentEnvironment } from './intent-environment';

export interface WebhookEnvironment extends IntentEnvironment {
  gateway: TestGateway;
  operationsTaskQueue: string;
  /** Of what hands events on. */
  dispatchId: string;
  /**
   * Starts the workers for operations and deliveries in this process; they are stopped with the environment, or by the
   * function returned.
   *
   * @param overrides of the one for deliveries
   */
  startOperations: (overrides?: Partial<WorkerOptions>) => Promise<() => Promise<void>>;
  /** Makes a webhook of the usual organization. */
  hook: (url: string, more?: object) => Promise<{ id: string; secret: string }>;
}

/** Receivers on this machine. */
const RECEIVERS: ReceiverRules = { privateHosts: ['127.0.0.1'] };

/**
 * Everything that webhooks need: intents with their worker, a gateway, and what hands events on.
 *
 * @param retryMs pauses between attempts to deliver
 */
export async function createWebhookEnvironment(
  name: string,
  retryMs: number[],
  { receivers = RECEIVERS }: { receivers?: ReceiverRules } = {},
): Promise<WebhookEnvironment> {
  const environment = await createIntentEnvironment(name);
  const { taskQueue, temporal, pool } = environment;
  const operationsTaskQueue = `${taskQueue}-operations`;
  const dispatchId = `webhooks-${randomUUID()}`;
  await environment.startWorker();
  const gateway = await startGateway(environment, { receivers });
  const stops = new Set<() => Promise<void>>();
  await startWebhooks({
    connection: temporal.connection,
    taskQueue: operationsTaskQueue,
    workflowId: dispatchId,
    retryMs,
  });

  return {
    ...environment,
    gateway,
    operationsTaskQueue,
    dispatchId,
    async startOperations(overrides = {}) {
      const connection = await NativeConnection.connect({
        address: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
      });
      const activities = createOperationsActivities(pool, receivers);
      const worker = await createOperationsWorker({
        connection,
        taskQueue: operationsTaskQueue,
        pool,
        workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
        overrides: { activities },
      });
      const deliveries = await createDeliveriesWorker({
        connection,
        taskQueue: deliveriesTaskQueue(operationsTaskQueue),
        pool,
        overrides: { activities, ...overrides },
      });
      const running = runWorkers([worker, deliveries]);
      const once = async () => {
        if (!stops.delete(once)) return;
        for (const each of [worker, deliveries]) if (each.getState() === 'RUNNING') each.shutdown();
        await running;
        await connection.close();
      };
      stops.add(once);
      return once;
    },
    async hook(url, more = {}) {
      const { status, body } = await gateway.send('POST', '/v1/webhooks', { body: { url, ...more } });
      if (status !== 201) throw new Error(`No webhook was made: ${JSON.stringify(body)}`);
      const { webhook, secret } = body as { webhook: { id: string }; secret: string };
      return { id: webhook.id, secret };
    },
    async close() {
      await temporal.workflow.getHandle(dispatchId).terminate('the tests are over');
      await Promise.all([...stops].map((stop) => stop()));
      await gateway.close();
      await environment.close();
    },
  };
}
