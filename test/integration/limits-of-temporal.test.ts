import { Context } from '@temporalio/activity';

import { createActivities } from '../../src/activities';
import { WORKFLOW_LIMITS } from '../../src/workflows/limits';
import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';

/** What Temporal does not forgive: it terminates a workflow, or takes no more signals for it. */
let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('limits-of-temporal');
});
afterAll(() => environment.close());

async function createdIntent(): Promise<string> {
  const { intents, startWorker } = environment;
  const stop = await startWorker();
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'ICP_PENDING' });
  await stop();
  return id;
}

test('requests that together exceed what an activity may be given are recorded all the same', async () => {
  const { intents, pool, startWorker } = environment;
  const id = await createdIntent();
  // 180 × 16 KB arrive in one workflow task, since no worker runs yet.
  const metadata = { text: 'x'.repeat(16_000) };
  const requestIds = Array.from({ length: 180 }, (_, index) => `large-${index}`);
  for (const [index, requestId] of requestIds.entries()) {
    const to = index % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED';
    await intents.requestTransition(id, { to, requestId, metadata });
  }

  // As if Postgres did not answer the local activity, so that a regular one takes over.
  const activities = createActivities(pool);
  const recordOutcomes: typeof activities.recordOutcomes = (request) =>
    Context.current().info.isLocal
      ? Promise.reject(new Error('Postgres does not answer'))
      : activities.recordOutcomes(request);
  const stop = await startWorker({ activities: { ...activities, recordOutcomes } });
  await eventually(async () => expect((await outcomeRows(pool, [id])).size).toBe(requestIds.length + 1));
  expect((await intents.history(id)).map(({ requestId }) => requestId).slice(2)).toEqual(requestIds);
  expect(await brokenLinks(pool, id)).toEqual([]);
  await stop();
});

test('a request repeated thousands of times does not use up the intent’s run', async () => {
  const { intents, temporal, startWorker } = environment;
  const id = await createdIntent();
  await startWorker();
  const handle = temporal.workflow.getHandle(id);
  const { runId } = await handle.describe();
  await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'again' });

  // Every signal is an event at least.
  const inFlight = 10;
  for (let sent = 0; sent <= WORKFLOW_LIMITS.historyEventsUndecided; sent += inFlight) {
    await Promise.all(
      Array.from({ length: inFlight }, () =>
        intents.requestTransition(id, { to: 'ICP_PROCESSING', requestId: 'again' }),
      ),
    );
  }
  await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
  expect(await intents.history(id)).toHaveLength(3);
  expect(await intents.transition(id, { to: 'CANCELLED' })).toMatchObject({ status: 'applied', sequence: 4 });
  // Two thousand signals take a minute beside other tests.
}, 180_000);
