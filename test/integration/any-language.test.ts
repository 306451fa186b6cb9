import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

import type { IntentDescription } from '../../src/client';
import { contentIntentGraph } from '../../src/graph';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('any-language');
  await environment.startWorker();
});
afterAll(() => environment.close());

/** Temporal's own command line, which knows nothing of this engine. */
async function temporal(...args: string[]): Promise<string> {
  const address = ['--address', fromEnvironment('TEST_TEMPORAL_ADDRESS')];
  return (await promisify(execFile)(fromEnvironment('TEMPORAL_CLI_PATH'), ['workflow', ...args, ...address]))
    .stdout;
}

async function start(id: string, input: object, ...more: string[]): Promise<void> {
  const { taskQueue } = environment;
  const names = ['--type', 'intentWorkflow', '--task-queue', taskQueue, '--workflow-id', id];
  await temporal('start', ...names, '--input', JSON.stringify(input), ...more);
}

async function failureOf(id: string): Promise<unknown> {
  return environment.temporal.workflow
    .getHandle(id)
    .result()
    .catch((error: Error) => error.cause);
}

test('`temporal workflow start`, `signal` and `query` drive an intent', async () => {
  const id = randomUUID();
  await start(id, { organizationId: ORGANIZATION, title: 'by hand' });
  const request = JSON.stringify({ requestId: 'r1', to: 'ICP_PENDING', actor: 'shell' });
  await temporal('signal', '--workflow-id', id, '--name', 'requestTransition', '--input', request);
  await eventually(async () =>
    expect(await environment.intents.outcome(id, 'r1')).toMatchObject({
      status: 'applied',
      newState: 'ICP_PENDING',
    }),
  );
  const answer = await temporal('query', '--workflow-id', id, '--name', 'describe', '--output', 'json');
  const { queryResult } = JSON.parse(answer) as { queryResult: IntentDescription[] };
  expect(queryResult[0]).toMatchObject({ id, state: 'ICP_PENDING', sequence: 2, graph: 'content-intent@1' });
});

test.each<[string, string, object]>([
  ['an organization that is no UUID', 'INVALID_INPUT', { organizationId: 'acme' }],
  ['an unknown key', 'INVALID_INPUT', { organizationId: ORGANIZATION, grpah: 'content-intent' }],
  [
    'a graph that is not registered',
    'GRAPH_NOT_REGISTERED',
    { organizationId: ORGANIZATION, graph: 'no-such@1' },
  ],
])('a workflow started with %s fails with type %s and leaves no row', async (_title, type, input) => {
  const id = randomUUID();
  await start(id, input);
  expect(await failureOf(id)).toMatchObject({ type, nonRetryable: true });
  expect(await environment.intents.history(id)).toEqual([]);
});

test('a caller that brings a state and a graph of its own is refused with INVALID_INPUT', async () => {
  const id = randomUUID();
  const carried = { version: 1, organizationId: ORGANIZATION, state: 'COMPLETED', graph: contentIntentGraph };
  await start(id, { organizationId: ORGANIZATION }, '--input', JSON.stringify(carried));
  expect(await failureOf(id)).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
  expect(await environment.intents.history(id)).toEqual([]);
});

test('a cron schedule, whose later runs look continued, is refused with INVALID_INPUT', async () => {
  const { intents, temporal: client } = environment;
  const id = randomUUID();
  await start(id, { organizationId: ORGANIZATION }, '--input', '{"version":1}', '--cron', '@every 1s');
  const failureOfRun = (runId: string) =>
    eventually(async () => {
      const { events } = await client.workflow.getHandle(id, runId).fetchHistory();
      const failed = events?.at(-1)?.workflowExecutionFailedEventAttributes;
      expect(failed?.failure?.message).toContain('without a cron schedule');
      expect(failed?.failure?.applicationFailureInfo?.type).toBe('INVALID_INPUT');
      return failed?.newExecutionRunId ?? '';
    });
  // Temporal says of the second run that it continues the first.
  const { runId: first } = await client.workflow.getHandle(id).describe();
  await failureOfRun(await failureOfRun(first));
  await client.workflow.getHandle(id).terminate('seen enough');
  expect(await intents.history(id)).toEqual([]);
});

test('a Workflow ID that is no UUID fails with type INVALID_INPUT', async () => {
  const id = `order-${randomUUID()}`;
  await start(id, { organizationId: ORGANIZATION });
  expect(await failureOf(id)).toMatchObject({ type: 'INVALID_INPUT' });
});

test('an id started again after its intent has ended is refused with ALREADY_EXISTS, not merged', async () => {
  const { intents, pool } = environment;
  const id = randomUUID();
  await start(id, { organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'CANCELLED' });
  await environment.temporal.workflow.getHandle(id).result();
  // What the server allows by default, and what it can't prevent once retention has passed.
  await start(id, { organizationId: ORGANIZATION });
  expect(await failureOf(id)).toMatchObject({ type: 'ALREADY_EXISTS' });
  expect(await intents.history(id)).toHaveLength(2);
  const { rows } = await pool.query('SELECT state FROM intent_workflows WHERE id = $1', [id]);
  expect(rows).toEqual([{ state: 'CANCELLED' }]);
});

test('a signal cannot use up the request id of a cancellation', async () => {
  const { intents, pool } = environment;
  const id = randomUUID();
  await start(id, { organizationId: ORGANIZATION });
  const request = JSON.stringify({ requestId: 'temporal-cancellation', to: 'ICP_PENDING' });
  await temporal('signal', '--workflow-id', id, '--name', 'requestTransition', '--input', request);
  await temporal('cancel', '--workflow-id', id);
  await intents.waitForState(id, 'CANCELLED');
  const { rows } = await pool.query(
    'SELECT request_id, code FROM workflow_transition_rejections WHERE workflow_id = $1',
    [id],
  );
  expect(rows).toEqual([{ request_id: 'invalid:1', code: 'INVALID_REQUEST' }]);
});

test('`temporal workflow cancel` ends an intent in CANCELLED, audited like any transition', async () => {
  const { intents } = environment;
  const id = randomUUID();
  await start(id, { organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'ICP_PENDING' });
  await temporal('cancel', '--workflow-id', id);
  await intents.waitForState(id, 'CANCELLED');
  expect((await intents.history(id)).at(-1)).toMatchObject({
    actor: 'temporal',
    requestId: 'temporal-cancellation',
    previousState: 'ICP_PENDING',
  });
});
