import { randomUUID } from 'node:crypto';

import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { eventually } from '../setup/eventually';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('malformed-signals');
  await environment.startWorker();
});
afterAll(() => environment.close());

const UTF8 = new TextEncoder();
const payload = (encoding: string, data: string) => ({
  metadata: { encoding: UTF8.encode(encoding) },
  data: UTF8.encode(data),
});

/** A signal as any client could send it, past every check of ours. */
async function signalRaw(
  id: string,
  signalName: string,
  payloads: ReturnType<typeof payload>[],
): Promise<void> {
  const { temporal } = environment;
  await temporal.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: id },
    signalName,
    input: { payloads },
    requestId: randomUUID(),
  });
}

const json = (value: unknown) => [payload('json/plain', JSON.stringify(value))];

test.each<[string, () => ReturnType<typeof payload>[], RegExp]>([
  ['no payload at all', () => [], /expected object/],
  ['null', () => json(null), /expected object/],
  ['a number', () => json(17), /expected object/],
  ['a list', () => json([{ to: 'ICP_PENDING' }]), /expected object/],
  ['no requestId', () => json({ to: 'ICP_PENDING' }), /requestId: /],
  ['a requestId that is a number', () => json({ to: 'ICP_PENDING', requestId: 5 }), /requestId: /],
  ['a state that is an object', () => json({ to: {}, requestId: 'x' }), /to: /],
  [
    'an unknown kind',
    () => json({ kind: 'teleport', to: 'ICP_PENDING', requestId: 'kind' }),
    /kind: .*transition/,
  ],
  ['an unknown key', () => json({ to: 'ICP_PENDING', requestId: 'key', too: 1 }), /too/],
  [
    'a string of 1 MB',
    () => json({ to: 'ICP_PENDING', requestId: 'mb', reason: 'x'.repeat(1_000_000) }),
    /reason: /,
  ],
  ['a requestId of 1 MB', () => json({ to: 'ICP_PENDING', requestId: 'x'.repeat(1_000_000) }), /requestId: /],
  ['a state of 1 MB', () => json({ to: 'x'.repeat(1_000_000), requestId: 'big state' }), /to: /],
  [
    'U+0000, which Postgres cannot store',
    () => json({ to: 'ICP_PENDING', requestId: 'nul', reason: 'a\0b' }),
    /reason: /,
  ],
  ['a lone surrogate', () => json({ to: 'ICP_PENDING', requestId: 'lone', actor: '\ud800' }), /actor: /],
  [
    'metadata beyond 16 KB',
    () => json({ to: 'A', requestId: 'meta', metadata: { a: 'x'.repeat(20_000) } }),
    /metadata: /,
  ],
  [
    'a date that is none',
    () => json({ to: 'A', requestId: 'date', occurredAt: 'yesterday' }),
    /occurredAt: /,
  ],
  ['broken JSON', () => [payload('json/plain', '{"to": "ICP')], /can't be read/],
  ['an unknown encoding', () => [payload('binary/encrypted', 'secret')], /can't be read/],
])('%s becomes an INVALID_REQUEST outcome, and the intent goes on', async (_title, payloads, message) => {
  const { intents, pool } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await signalRaw(id, 'requestTransition', payloads());
  expect(await intents.transition(id, { to: 'ICP_PENDING' })).toMatchObject({
    status: 'applied',
    sequence: 2,
  });
  const { rows } = await pool.query<{ code: string; message: string }>(
    'SELECT code, message FROM workflow_transition_rejections WHERE workflow_id = $1',
    [id],
  );
  expect(rows).toEqual([{ code: 'INVALID_REQUEST', message: expect.stringMatching(message) as string }]);
  expect(rows[0]?.message.length).toBeLessThanOrEqual(500);
});

test('a signal of an unknown name becomes an INVALID_REQUEST outcome that names the right one', async () => {
  const { intents, pool } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await signalRaw(id, 'moveOn', json({ to: 'ICP_PENDING', requestId: 'r' }));
  await eventually(async () => {
    const { rows } = await pool.query(
      'SELECT code, message FROM workflow_transition_rejections WHERE workflow_id = $1',
      [id],
    );
    expect(rows).toEqual([
      { code: 'INVALID_REQUEST', message: 'signal: moveOn is not known; send requestTransition' },
    ]);
  });
});

test.each<[string, object, RegExp]>([
  ['a state that is not text', { to: 5 }, /^to: /],
  ['no state', {}, /^to: /],
  ['an unknown key', { to: 'ICP_PENDING', foo: 1 }, /foo/],
  ['a reason of 1 MB', { to: 'ICP_PENDING', reason: 'x'.repeat(1_000_000) }, /^reason: /],
])('the client refuses %s before it sends anything', async (_title, request, message) => {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await expect(intents.requestTransition(id, request as { to: string })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(message) as string,
  });
});

test('an Update whose request id is too long is refused, and leaves nothing in history', async () => {
  const { intents, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.waitForState(id, 'CREATED', { timeoutMs: 30_000 });
  const handle = temporal.workflow.getHandle(id);
  for (const requestId of ['x'.repeat(129), 'x'.repeat(1_000_000), '', 5]) {
    const error: unknown = await handle
      .executeUpdate('awaitOutcome', { args: [requestId] })
      .catch((thrown: unknown) => thrown);
    expect((error as { cause?: unknown }).cause).toMatchObject({
      message: 'requestId: must be a string of 1 to 128 characters',
    });
  }
  const { events = [] } = await handle.fetchHistory();
  expect(events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toBe(false);
});
