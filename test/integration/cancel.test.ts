import { startAppWorker } from '../setup/app-worker';
import { pieceGraph } from '../setup/batch-graphs';
import { endlessGraph, kindsGraph } from '../setup/cancel-graphs';
import { eventually } from '../setup/eventually';
import { expectVerified } from '../setup/expect-verified';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { closedGate, ScriptedActivity, untilCancelled, workUntil } from '../setup/scripted-activity';

let environment: IntentEnvironment;
let stopApp: () => Promise<void>;
const work = new ScriptedActivity();

beforeAll(async () => {
  environment = await createIntentEnvironment('cancel');
  const appQueue = `${environment.taskQueue}-app`;
  await register(environment.database, pieceGraph, kindsGraph(appQueue), endlessGraph(appQueue));
  await environment.startWorker();
  stopApp = await startAppWorker(appQueue, { work: work.run });
});
afterAll(async () => {
  await stopApp();
  await environment.close();
});

async function newIntent(graph = 'kinds'): Promise<string> {
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION, graph });
  await environment.intents.waitForState(id, 'NEW');
  return id;
}

async function lastRow(id: string) {
  return (await environment.intents.history(id)).at(-1);
}

/** An intent whose work runs, and ends in no other way than by being told to stop. */
async function workingIntent(graph = 'kinds') {
  const id = await newIntent(graph);
  const begun = closedGate();
  const stopped = closedGate();
  work.on(id, () => {
    begun.open();
    return untilCancelled().finally(() => stopped.open());
  });
  await environment.intents.transition(id, { to: 'WORKING' });
  await begun.opened;
  return { id, stopped: stopped.opened };
}

describe.each<[string, (id: string) => Promise<unknown>, object]>([
  [
    'a request to cancel',
    (id) => environment.intents.cancel(id, { requestId: 'enough', actor: 'ada', reason: 'ordered twice' }),
    { requestId: 'enough', actor: 'ada', reason: 'ordered twice' },
  ],
  [
    "Temporal's own cancellation",
    (id) => environment.temporal.workflow.getHandle(id).cancel(),
    { requestId: 'temporal-cancellation', actor: 'temporal' },
  ],
])('%s', (_what, cancel, said) => {
  test.each(['NEW', 'RESTING', 'WAITING', 'FANNING'])(
    'ends an intent in %s, whether an edge leads to CANCELLED or not',
    async (state) => {
      const { intents, temporal } = environment;
      const id = await newIntent();
      if (state !== 'NEW') await intents.transition(id, { to: state });
      await cancel(id);
      expect(await temporal.workflow.getHandle(id).result()).toMatchObject({ state: 'CANCELLED' });
      expect(await lastRow(id)).toMatchObject({
        ...said,
        kind: 'cancellation',
        previousState: state,
        newState: 'CANCELLED',
      });
    },
  );

  test('stops the work that runs', async () => {
    const { temporal } = environment;
    const { id, stopped } = await workingIntent();
    await cancel(id);
    await stopped;
    expect(await temporal.workflow.getHandle(id).result()).toMatchObject({ state: 'CANCELLED', sequence: 3 });
    expect(await lastRow(id)).toMatchObject({ ...said, kind: 'cancellation', previousState: 'WORKING' });
  });

  test('is refused where the graph has no state for it, and disturbs no work', async () => {
    const { intents, pool } = environment;
    const id = await newIntent('endless');
    const begun = closedGate();
    const go = closedGate();
    work.on(id, async () => {
      begun.open();
      await workUntil(go.opened);
      return 'done all the same';
    });
    await intents.transition(id, { to: 'WORKING' });
    await begun.opened;
    await cancel(id);
    await eventually(async () => {
      const { rows } = await pool.query(
        'SELECT code, state FROM workflow_transition_rejections WHERE workflow_id = $1',
        [id],
      );
      expect(rows).toEqual([{ code: 'UNKNOWN_STATE', state: 'WORKING' }]);
    });
    go.open();
    await intents.waitForState(id, 'DONE');
    expect((await lastRow(id))?.metadata).toEqual({ result: 'done all the same' });
    expect(work.callsOf(id)).toHaveLength(1);
  });
});

test('an intent that is cancelled in its first moment is created, and cancelled', async () => {
  const { intents, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'kinds' });
  await temporal.workflow.getHandle(id).cancel();
  await temporal.workflow.getHandle(id).result();
  expect((await intents.history(id)).map(({ newState }) => newState)).toEqual(['NEW', 'CANCELLED']);
});

test('a cancellation that expects another state is refused', async () => {
  const { intents } = environment;
  const id = await newIntent();
  expect(await intents.cancel(id, { expectedState: 'RESTING' })).toMatchObject({ code: 'STATE_CONFLICT' });
  expect(await intents.cancel(id, { expectedState: 'NEW' })).toMatchObject({ newState: 'CANCELLED' });
  expect(await intents.cancel(id)).toMatchObject({ code: 'TERMINAL_STATE' });
});

describe('force', () => {
  const force = { actor: 'ada', reason: 'ticket 4711', scope: 'admin' } as const;

  test('moves an intent past the edges of its graph, and the row says so', async () => {
    const { intents } = environment;
    const id = await newIntent();
    await intents.transition(id, { to: 'RESTING' });
    expect(await intents.force(id, { to: 'NEW', ...force })).toMatchObject({
      status: 'applied',
      newState: 'NEW',
    });
    expect(await lastRow(id)).toMatchObject({
      kind: 'force',
      previousState: 'RESTING',
      newState: 'NEW',
      actor: 'ada',
      reason: 'ticket 4711',
    });
    const kinds = (await intents.history(id)).map(({ kind }) => kind);
    expect(kinds).toEqual(['transition', 'transition', 'force']);
  });

  test('stops the work of the state, or runs it anew', async () => {
    const { intents } = environment;
    const { id, stopped } = await workingIntent();
    work.on(id, () => 'second try');
    await intents.force(id, { to: 'WORKING', ...force });
    await stopped;
    await intents.waitForState(id, 'DONE');
    expect(work.callsOf(id).map(({ order }) => order.idempotencyKey)).toEqual([`${id}:2`, `${id}:3`]);
    expect((await lastRow(id))?.metadata).toEqual({ result: 'second try' });
  });

  test('needs the scope admin', async () => {
    const { intents } = environment;
    const id = await newIntent();
    expect(await intents.force(id, { to: 'DONE', ...force, scope: 'editor' })).toMatchObject({
      code: 'NOT_PERMITTED',
      message: expect.stringContaining('admin') as string,
    });
    expect(await intents.describe(id)).toMatchObject({ state: 'NEW' });
  });

  test.each(['reason', 'actor', 'scope'])('needs a %s', async (field) => {
    const { intents, temporal } = environment;
    const id = await newIntent();
    const request = { to: 'RESTING', ...force, [field]: undefined } as never;
    await expect(intents.force(id, request)).rejects.toThrow(field);
    const raw = { kind: 'force', requestId: 'raw', ...(request as object) };
    await temporal.workflow.getHandle(id).signal('requestTransition', raw);
    await eventually(async () =>
      expect(await intents.outcome(id, 'raw')).toMatchObject({ code: 'INVALID_REQUEST' }),
    );
  });

  test('knows the states of the graph only, and leads out of no terminal one', async () => {
    const { intents } = environment;
    const id = await newIntent();
    expect(await intents.force(id, { to: 'NOWHERE', ...force })).toMatchObject({ code: 'UNKNOWN_STATE' });
    expect(await intents.force(id, { to: 'DONE', ...force })).toMatchObject({ status: 'applied' });
    expect(await intents.force(id, { to: 'NEW', ...force })).toMatchObject({ code: 'TERMINAL_STATE' });
  });
});

test('replaying the histories of all of these intents yields exactly the rows in Postgres', async () => {
  await expectVerified(environment);
}, 120_000);
