import { brokenLinks } from '../setup/audit-checks';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { restingHistory } from '../setup/resting-history';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('continue-as-new');
  await environment.startWorker();
});
afterAll(() => environment.close());

const TRANSITIONS = 3_000;
/** A worker that lost its cache replays up to thousands of events, on whatever machine this is. */
const PATIENCE = { timeoutMs: 60_000 };

/** PENDING first, then PROCESSING and FAILED in turn, for as long as one likes. */
const stateAfter = (transition: number) =>
  transition === 1 ? 'ICP_PENDING' : transition % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED';

/** What 100 transitions one after another cost in history, in a run that continues over all of them. */
async function costOfHundred(
  id: string,
  first: number,
): Promise<{ next: number; events: number; bytes: number }> {
  const { intents, temporal } = environment;
  const handle = temporal.workflow.getHandle(id);
  for (let from = first; ; from += 100) {
    const before = await restingHistory(handle);
    for (let transition = from; transition < from + 100; transition += 1) {
      const outcome = await intents.transition(id, { to: stateAfter(transition) }, PATIENCE);
      expect(outcome).toMatchObject({ status: 'applied', sequence: transition + 1 });
    }
    const after = await restingHistory(handle);
    if (before.runId === after.runId) {
      return { next: from + 100, events: after.events - before.events, bytes: after.bytes - before.bytes };
    }
  }
}

test('3,000 transitions cross continue-as-new with an unbroken chain, and the last 100 cost what the first did', async () => {
  const { intents, pool, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'a long life' });
  await intents.waitForState(id, 'CREATED');
  const firstRun = await restingHistory(temporal.workflow.getHandle(id));

  const early = await costOfHundred(id, 1);
  let next = early.next;
  while (next <= TRANSITIONS - 100) {
    const batch = Array.from({ length: 10 }, (_, index) => next + index);
    for (const transition of batch.slice(0, -1)) {
      await intents.requestTransition(id, { to: stateAfter(transition), requestId: `r${transition}` });
    }
    const last = batch.at(-1) as number;
    await intents.transition(id, { to: stateAfter(last), requestId: `r${last}` }, PATIENCE);
    next = last + 1;
  }
  const late = await costOfHundred(id, next);

  const lastRun = await restingHistory(temporal.workflow.getHandle(id));
  expect(lastRun.runId).not.toBe(firstRun.runId);
  expect(await brokenLinks(pool, id)).toEqual([]);
  const history = await intents.history(id);
  expect(history).toHaveLength(late.next);
  expect(history.slice(1).every(({ newState }, index) => newState === stateAfter(index + 1))).toBe(true);
  expect(await intents.describe(id)).toMatchObject({
    sequence: late.next,
    mirrorLag: 0,
    auditHash: history.at(-1)?.hash,
  });

  // Counted, not timed: the same events, and bytes that differ by the digits of the sequence at most.
  expect(late.events).toBe(early.events);
  expect(late.bytes / early.bytes).toBeLessThan(1.05);

  // What was applied long before continue-as-new is still remembered.
  const repeated = history.find(({ requestId }) => requestId === 'r101');
  expect(await intents.transition(id, { to: 'ICP_PENDING', requestId: 'r101' })).toMatchObject({
    status: 'applied',
    sequence: repeated?.sequence,
  });
  expect(await intents.history(id)).toHaveLength(late.next);
}, 240_000);
