import { ApplicationFailure } from '@temporalio/activity';

import type { WorkOrder } from '../../src/client';
import { brokenLinks } from '../setup/audit-checks';
import { startAppWorker } from '../setup/app-worker';
import { tripGraph } from '../setup/cancel-graphs';
import { expectVerified } from '../setup/expect-verified';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { makeHistoryLong } from '../setup/long-history';
import { register } from '../setup/register';
import { restingHistory } from '../setup/resting-history';
import { closedGate, ScriptedActivity, untilCancelled } from '../setup/scripted-activity';

let environment: IntentEnvironment;
let stopApp: () => Promise<void>;
const work = new ScriptedActivity();
/** All undos in one script, with the activities' names, so that their order shows. */
const undos = new ScriptedActivity();

const PATIENCE = { timeoutMs: 30_000 };
const force = { actor: 'ada', reason: 'ticket 4711', scope: 'admin' } as const;

beforeAll(async () => {
  environment = await createIntentEnvironment('undo');
  const appQueue = `${environment.taskQueue}-app`;
  await register(environment.database, tripGraph(appQueue));
  await environment.startWorker();
  stopApp = await startAppWorker(appQueue, {
    work: work.run,
    cancelFlight: undos.run,
    cancelHotel: undos.run,
    cancelCar: undos.run,
  });
});
afterAll(async () => {
  await stopApp();
  await environment.close();
});

/** An intent that has gone through states one after another. */
async function tripThrough(...states: string[]): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'trip',
    metadata: { traveller: 'ada' },
  });
  for (const to of states) {
    expect(await intents.transition(id, { to })).toMatchObject({ status: 'applied' });
  }
  return id;
}

const undone = (id: string) => undos.callsOf(id).map(({ order }) => order.state);

async function lastRows(id: string, count: number) {
  const rows = (await environment.intents.history(id)).slice(-count);
  return rows.map(({ kind, previousState, newState, metadata }) => ({
    move: `${kind} ${previousState} → ${newState}`,
    metadata,
  }));
}

test('a cancelled intent undoes what it has done in reverse order, each state once, and ends', async () => {
  const { intents, pool } = environment;
  const id = await tripThrough('HOTEL_BOOKED', 'FLIGHT_BOOKED', 'HOTEL_BOOKED', 'CAR_BOOKED');
  const outcome = await intents.cancel(id, { actor: 'ada' });
  expect(outcome).toMatchObject({ status: 'applied', newState: 'CANCELLING' });
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  expect(undone(id)).toEqual(['CAR_BOOKED', 'HOTEL_BOOKED', 'FLIGHT_BOOKED']);
  expect(undos.callsOf(id).at(-1)?.order).toEqual({
    intentId: id,
    organizationId: ORGANIZATION,
    graph: 'trip@1',
    state: 'FLIGHT_BOOKED',
    idempotencyKey: `${id}:undo:6:FLIGHT_BOOKED`,
    metadata: { traveller: 'ada' },
    results: {},
  } satisfies WorkOrder);
  expect(await lastRows(id, 2)).toEqual([
    { move: 'cancellation CAR_BOOKED → CANCELLING', metadata: null },
    {
      move: 'undo CANCELLING → CANCELLED',
      metadata: { undone: ['CAR_BOOKED', 'HOTEL_BOOKED', 'FLIGHT_BOOKED'] },
    },
  ]);
  expect(await brokenLinks(pool, id)).toEqual([]);
});

test('where nothing was done there is nothing to undo', async () => {
  const { intents } = environment;
  const id = await tripThrough();
  expect(await intents.cancel(id)).toMatchObject({ newState: 'CANCELLED' });
  expect(undone(id)).toEqual([]);
});

test('a plain transition to CANCELLED undoes as well, and so does a deadline that leads there', async () => {
  const { intents } = environment;
  const id = await tripThrough('FLIGHT_BOOKED');
  expect(await intents.transition(id, { to: 'CANCELLED' })).toMatchObject({ newState: 'CANCELLING' });
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  expect(undone(id)).toEqual(['FLIGHT_BOOKED']);

  const late = await tripThrough('FLIGHT_BOOKED', 'EXPIRING');
  await intents.waitForState(late, 'CANCELLED', PATIENCE);
  expect((await lastRows(late, 2)).map(({ move }) => move)).toEqual([
    'cancellation EXPIRING → CANCELLING',
    'undo CANCELLING → CANCELLED',
  ]);
  expect(undone(late)).toEqual(['FLIGHT_BOOKED']);
});

test("Temporal's own cancellation undoes as well", async () => {
  const { temporal } = environment;
  const id = await tripThrough('FLIGHT_BOOKED', 'HOTEL_BOOKED');
  await temporal.workflow.getHandle(id).cancel();
  expect(await temporal.workflow.getHandle(id).result()).toMatchObject({ state: 'CANCELLED' });
  expect(undone(id)).toEqual(['HOTEL_BOOKED', 'FLIGHT_BOOKED']);
});

test('nothing is undone before the work that runs has let go', async () => {
  const { intents } = environment;
  const id = await tripThrough('FLIGHT_BOOKED');
  const events: string[] = [];
  const begun = closedGate();
  work.on(id, () => {
    begun.open();
    return untilCancelled().finally(() => events.push('work stopped'));
  });
  undos.on(id, ({ order }) => events.push(`undo ${order.state}`));
  await intents.transition(id, { to: 'PAYING' });
  await begun.opened;
  await intents.cancel(id);
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  expect(events).toEqual(['work stopped', 'undo FLIGHT_BOOKED']);
});

test('an undo that fails leads to the failed state; sent back, the rest is undone, and nothing twice', async () => {
  const { intents } = environment;
  const id = await tripThrough('FLIGHT_BOOKED', 'HOTEL_BOOKED', 'CAR_BOOKED');
  undos.on(id, ({ order }) => {
    if (order.state === 'HOTEL_BOOKED')
      throw ApplicationFailure.create({ type: 'TOO_LATE', message: 'is paid' });
    return undefined;
  });
  await intents.cancel(id);
  await intents.waitForState(id, 'CANCEL_FAILED', PATIENCE);
  expect(await lastRows(id, 1)).toEqual([
    {
      move: 'undo CANCELLING → CANCEL_FAILED',
      metadata: {
        undone: ['CAR_BOOKED'],
        failure: { type: 'TOO_LATE', message: 'is paid', state: 'HOTEL_BOOKED' },
      },
    },
  ]);

  undos.on(id, () => undefined);
  expect(await intents.transition(id, { to: 'CANCELLING', actor: 'ada' })).toMatchObject({
    status: 'applied',
  });
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  expect(undone(id)).toEqual(['CAR_BOOKED', 'HOTEL_BOOKED', 'HOTEL_BOOKED', 'FLIGHT_BOOKED']);
  expect(await lastRows(id, 1)).toEqual([
    { move: 'undo CANCELLING → CANCELLED', metadata: { undone: ['HOTEL_BOOKED', 'FLIGHT_BOOKED'] } },
  ]);
});

test('after a failure another cancellation tries again, and a forced one gives up', async () => {
  const { intents } = environment;
  const id = await tripThrough('FLIGHT_BOOKED');
  undos.on(id, () => {
    throw ApplicationFailure.nonRetryable('never', 'REFUSED');
  });
  await intents.cancel(id);
  await intents.waitForState(id, 'CANCEL_FAILED', PATIENCE);
  expect(await intents.cancel(id)).toMatchObject({ newState: 'CANCELLING' });
  await intents.waitForState(id, 'CANCEL_FAILED', PATIENCE);
  expect(undone(id)).toEqual(['FLIGHT_BOOKED', 'FLIGHT_BOOKED']);
  expect(await intents.force(id, { to: 'CANCELLED', ...force })).toMatchObject({ newState: 'CANCELLED' });
  expect((await lastRows(id, 1))[0]?.move).toBe('force CANCEL_FAILED → CANCELLED');
});

test('while it undoes, another cancellation is told so, and force can lead out', async () => {
  const { intents } = environment;
  const id = await tripThrough('FLIGHT_BOOKED');
  const begun = closedGate();
  const stopped = closedGate();
  undos.on(id, () => {
    begun.open();
    return untilCancelled().finally(() => stopped.open());
  });
  await intents.cancel(id);
  await begun.opened;
  expect(await intents.cancel(id)).toMatchObject({ code: 'ALREADY_IN_STATE', state: 'CANCELLING' });
  await intents.force(id, { to: 'HOTEL_BOOKED', ...force });
  await stopped.opened;
  expect(await intents.describe(id)).toMatchObject({ state: 'HOTEL_BOOKED' });

  undos.on(id, () => undefined);
  await intents.cancel(id);
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  // What was not undone to its end still is.
  expect(undone(id)).toEqual(['FLIGHT_BOOKED', 'HOTEL_BOOKED', 'FLIGHT_BOOKED']);
});

test('a later run knows what there is to undo', async () => {
  const { intents, temporal, pool } = environment;
  const id = await tripThrough('FLIGHT_BOOKED', 'HOTEL_BOOKED');
  const { runId } = await restingHistory(temporal.workflow.getHandle(id));
  await makeHistoryLong(intents, id);
  await intents.transition(id, { to: 'CAR_BOOKED' }, PATIENCE);
  expect((await restingHistory(temporal.workflow.getHandle(id))).runId).not.toBe(runId);
  await intents.cancel(id, {}, PATIENCE);
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  expect(undone(id)).toEqual(['CAR_BOOKED', 'HOTEL_BOOKED', 'FLIGHT_BOOKED']);
  expect(await brokenLinks(pool, id)).toEqual([]);
}, 120_000);

test('replaying the histories of all of these intents yields exactly the rows in Postgres', async () => {
  await expectVerified(environment);
}, 120_000);
