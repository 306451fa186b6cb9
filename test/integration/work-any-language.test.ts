import type { temporal as proto } from '@temporalio/proto';

import type { WorkOrder } from '../../src/client';
import { crawlGraph } from '../setup/crawl-graph';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

let environment: IntentEnvironment;
let appQueue: string;

beforeAll(async () => {
  environment = await createIntentEnvironment('work-any-language');
  appQueue = `${environment.taskQueue}-app`;
  await register(environment.database, crawlGraph(appQueue));
  await environment.startWorker();
});
afterAll(() => environment.close());

const POLL_MS = 60_000;
const JSON_PLAIN = { encoding: Buffer.from('json/plain') };

interface Task {
  taskToken: Uint8Array;
  activity: string;
  attempt: number;
  order: WorkOrder;
}

/** What the SDK of any language does beneath: asks Temporal for a task by gRPC, and reads JSON. */
async function poll(): Promise<Task> {
  const { connection } = environment.temporal;
  for (;;) {
    // The server wants to know for how long it may keep the call waiting.
    const task = await connection.withDeadline(Date.now() + POLL_MS, () =>
      connection.workflowService.pollActivityTaskQueue({
        namespace: 'default',
        taskQueue: { name: appQueue },
        identity: 'gRPC and JSON',
      }),
    );
    if (task.taskToken.length === 0) continue;
    const [argument] = task.input?.payloads ?? [];
    expect(Buffer.from(argument?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
    expect(task.input?.payloads).toHaveLength(1);
    return {
      taskToken: task.taskToken,
      activity: task.activityType?.name ?? '',
      attempt: task.attempt,
      order: JSON.parse(Buffer.from(argument?.data ?? []).toString()) as WorkOrder,
    };
  }
}

async function complete({ taskToken }: Task, json: string): Promise<void> {
  const payload = { metadata: JSON_PLAIN, data: Buffer.from(json) };
  await environment.temporal.connection.workflowService.respondActivityTaskCompleted({
    namespace: 'default',
    taskToken,
    result: { payloads: [payload] },
  });
}

async function fail({ taskToken }: Task, failure: proto.api.failure.v1.IFailure): Promise<void> {
  await environment.temporal.connection.workflowService.respondActivityTaskFailed({
    namespace: 'default',
    taskToken,
    failure,
  });
}

async function newIntent(): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'crawl',
    title: 'ein Brötchen',
    metadata: { url: 'https://example.com' },
  });
  await intents.transition(id, { to: 'FETCHING' });
  return id;
}

test('a worker that knows gRPC and JSON alone does the work of an intent', async () => {
  const { intents } = environment;
  const id = await newIntent();
  const fetching = await poll();
  expect(fetching).toMatchObject({ activity: 'fetchPage', attempt: 1 });
  expect(fetching.order).toEqual({
    intentId: id,
    organizationId: ORGANIZATION,
    graph: 'crawl@1',
    state: 'FETCHING',
    idempotencyKey: `${id}:2`,
    title: 'ein Brötchen',
    metadata: { url: 'https://example.com' },
    results: {},
  });
  await complete(fetching, '{"words":["ein","Brötchen"],"score":0.5}');
  await intents.waitForState(id, 'FETCHED');

  await intents.transition(id, { to: 'INDEXING' });
  const indexing = await poll();
  expect(indexing.activity).toBe('indexPage');
  expect(indexing.order.results).toEqual({ FETCHING: { words: ['ein', 'Brötchen'], score: 0.5 } });
  await complete(indexing, 'true');
  await intents.waitForState(id, 'DONE');
  const results = (await intents.history(id)).flatMap(({ metadata }) =>
    metadata === null ? [] : [metadata],
  );
  expect(results).toEqual([{ result: { words: ['ein', 'Brötchen'], score: 0.5 } }, { result: true }]);
});

test('its failures are tried again as the graph says, and keep their type and message', async () => {
  const { intents } = environment;
  const id = await newIntent();
  await fail(await poll(), { message: 'busy', applicationFailureInfo: { type: 'requests.Timeout' } });
  const again = await poll();
  expect(again).toMatchObject({ attempt: 2, order: { intentId: id, idempotencyKey: `${id}:2` } });
  await fail(again, { message: 'still busy', applicationFailureInfo: { type: 'requests.Timeout' } });
  await intents.waitForState(id, 'FETCH_FAILED');
  expect((await intents.history(id)).at(-1)?.metadata).toEqual({
    failure: { type: 'requests.Timeout', message: 'still busy' },
  });
});

test('JSON that is none is a failure INVALID_RESULT, and the intent goes on', async () => {
  const { intents } = environment;
  const id = await newIntent();
  await complete(await poll(), '{"words": [');
  await intents.waitForState(id, 'FETCH_FAILED');
  expect((await intents.history(id)).at(-1)?.metadata).toMatchObject({ failure: { type: 'INVALID_RESULT' } });
  await intents.transition(id, { to: 'FETCHING' });
  await complete(await poll(), '[]');
  await intents.waitForState(id, 'FETCHED');
});
