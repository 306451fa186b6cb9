import { CancelledFailure, ApplicationFailure } from '@temporalio/activity';

import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { startAppWorker } from '../setup/app-worker';
import { crawlGraph } from '../setup/crawl-graph';
import { eventually } from '../setup/eventually';
import { expectVerified } from '../setup/expect-verified';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { makeHistoryLong } from '../setup/long-history';
import { register } from '../setup/register';
import { restingHistory } from '../setup/resting-history';
import { closedGate, ScriptedActivity, untilCancelled } from '../setup/scripted-activity';

let environment: IntentEnvironment;
let stopApp: () => Promise<void>;
const fetchPage = new ScriptedActivity();
const indexPage = new ScriptedActivity();

const PATIENCE = { timeoutMs: 30_000 };

beforeAll(async () => {
  environment = await createIntentEnvironment('work');
  const appQueue = `${environment.taskQueue}-app`;
  const nobody = `${environment.taskQueue}-nobody`;
  await register(
    environment.database,
    crawlGraph(appQueue, { heartbeatTimeout: 'PT30S' }),
    crawlGraph(nobody, {}, 'crawl-by-apps'),
    crawlGraph(nobody, { scheduleToStartTimeout: 'PT1S' }, 'crawl-unheard'),
    crawlGraph(appQueue, { startToCloseTimeout: 'PT1S', retry: { maximumAttempts: 1 } }, 'crawl-slow'),
    crawlGraph(appQueue, { heartbeatTimeout: 'PT1S', retry: { maximumAttempts: 1 } }, 'crawl-silent'),
  );
  await environment.startWorker();
  stopApp = await startAppWorker(appQueue, { fetchPage: fetchPage.run, indexPage: indexPage.run });
});
afterAll(async () => {
  await stopApp();
  await environment.close();
});

async function newIntent(graph = 'crawl', more: object = {}): Promise<string> {
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION, graph, ...more });
  return id;
}

/** The rows as a list of moves: `transition NEW → FETCHING`. */
async function movesOf(id: string): Promise<string[]> {
  const history = await environment.intents.history(id);
  return history
    .slice(1)
    .map(({ kind, previousState, newState }) => `${kind} ${previousState} → ${newState}`);
}

async function lastRow(id: string) {
  return (await environment.intents.history(id)).at(-1);
}

test('the state is in Postgres while the work runs, and its result is kept in the row and given to later work', async () => {
  const { intents, pool } = environment;
  const id = await newIntent('crawl', { title: 'a page', metadata: { url: 'https://example.com' } });
  const seen = closedGate();
  let witnessed: unknown;
  fetchPage.on(id, async () => {
    const { rows } = await pool.query(
      `SELECT i.state, a.kind, a.new_state FROM intent_workflows i
         JOIN workflow_transition_audit a ON a.workflow_id = i.id AND a.sequence = i.sequence WHERE i.id = $1`,
      [id],
    );
    witnessed = rows[0];
    seen.open();
    return { words: 3 };
  });
  indexPage.on(id, () => 'indexed');

  await intents.transition(id, { to: 'FETCHING' });
  await seen.opened;
  expect(witnessed).toEqual({ state: 'FETCHING', kind: 'transition', new_state: 'FETCHING' });
  await intents.waitForState(id, 'FETCHED');
  expect(await lastRow(id)).toMatchObject({
    kind: 'work',
    requestId: 'engine:work:2',
    metadata: { result: { words: 3 } },
    actor: null,
    reason: null,
  });

  await intents.transition(id, { to: 'INDEXING' });
  await intents.waitForState(id, 'DONE');
  expect((await lastRow(id))?.metadata).toEqual({ result: 'indexed' });
  const about = { intentId: id, organizationId: ORGANIZATION, graph: 'crawl@1', title: 'a page' };
  const metadata = { url: 'https://example.com' };
  expect(fetchPage.callsOf(id).map(({ order }) => order)).toEqual([
    { ...about, state: 'FETCHING', idempotencyKey: `${id}:2`, metadata, results: {} },
  ]);
  expect(indexPage.callsOf(id).map(({ order }) => order)).toEqual([
    { ...about, state: 'INDEXING', idempotencyKey: `${id}:4`, metadata, results: { FETCHING: { words: 3 } } },
  ]);
  expect(await brokenLinks(pool, id)).toEqual([]);
});

test('work that fails after its attempts leads to the failure state, and the retry state runs it anew', async () => {
  const { intents } = environment;
  const id = await newIntent();
  fetchPage.on(id, () => {
    throw ApplicationFailure.create({ type: 'PAGE_GONE', message: 'no such page' });
  });
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCH_FAILED');
  expect(await lastRow(id)).toMatchObject({
    kind: 'work',
    reason: 'no such page',
    metadata: { failure: { type: 'PAGE_GONE', message: 'no such page' } },
  });

  fetchPage.on(id, () => 'found');
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCHED');
  expect(fetchPage.callsOf(id).map(({ order, attempt }) => [order.idempotencyKey, attempt])).toEqual([
    [`${id}:2`, 1],
    [`${id}:2`, 2],
    [`${id}:4`, 1],
  ]);
  expect(await movesOf(id)).toEqual([
    'transition NEW → FETCHING',
    'work FETCHING → FETCH_FAILED',
    'transition FETCH_FAILED → FETCHING',
    'work FETCHING → FETCHED',
  ]);
});

test('a failure that cannot be mended is not tried again', async () => {
  const { intents } = environment;
  const id = await newIntent();
  fetchPage.on(id, () => {
    throw ApplicationFailure.nonRetryable('never', 'REFUSED');
  });
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCH_FAILED');
  expect(fetchPage.callsOf(id)).toHaveLength(1);
});

test('leaving the state cancels the work that runs, and what comes of it is void', async () => {
  const { intents } = environment;
  const id = await newIntent();
  const begun = closedGate();
  const stopped = closedGate();
  let how: unknown;
  fetchPage.on(id, () => {
    begun.open();
    return untilCancelled().catch((error: unknown) => {
      how = error;
      stopped.open();
      throw error;
    });
  });
  await intents.transition(id, { to: 'FETCHING' });
  await begun.opened;
  await intents.transition(id, { to: 'FETCH_FAILED', actor: 'ada' });
  await stopped.opened;
  expect(how).toBeInstanceOf(CancelledFailure);
  // One more request: whatever the end of the activity leads to is decided before it.
  await intents.transition(id, { to: 'CANCELLED' });
  expect(await movesOf(id)).toEqual([
    'transition NEW → FETCHING',
    'transition FETCHING → FETCH_FAILED',
    'transition FETCH_FAILED → CANCELLED',
  ]);
});

test.each<[string, () => unknown, RegExp]>([
  ['is too large', () => 'x'.repeat(20_000), /at most 16384 bytes/],
  ['is bytes', () => new Uint8Array([1, 2, 3]), /JSON/],
  ['has text that Postgres can not store', () => ({ text: 'a\u0000b' }), /U\+0000/],
  ['nests too deep', () => nested(20), /deeper/],
])('a result that %s is a failure INVALID_RESULT', async (_how, result, message) => {
  const { intents } = environment;
  const id = await newIntent();
  fetchPage.on(id, result);
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCH_FAILED');
  const { failure } = (await lastRow(id))?.metadata as { failure: { type: string; message: string } };
  expect(failure.type).toBe('INVALID_RESULT');
  expect(failure.message).toMatch(message);
  expect(fetchPage.callsOf(id)).toHaveLength(1);
});

test('work without a result has the result null', async () => {
  const { intents } = environment;
  const id = await newIntent();
  fetchPage.on(id, () => undefined);
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCHED');
  expect((await lastRow(id))?.metadata).toEqual({ result: null });
});

test.each([
  ['waits longer for a worker than it may', 'crawl-unheard', 'ScheduleToStart'],
  ['takes longer than it may', 'crawl-slow', 'StartToClose'],
  ['is silent longer than it may', 'crawl-silent', 'Heartbeat'],
])('work that %s fails with TIMEOUT', async (_how, graph, timeout) => {
  const { intents } = environment;
  const id = await newIntent(graph);
  const over = closedGate();
  fetchPage.on(id, () => over.opened);
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCH_FAILED', PATIENCE);
  over.open();
  const { failure } = (await lastRow(id))?.metadata as { failure: { type: string; message: string } };
  expect(failure.type).toBe('TIMEOUT');
  expect(failure.message.toLowerCase().replaceAll(/[\s_]/g, '')).toContain(timeout.toLowerCase());
});

test('apps that do the work themselves walk the same graph by signals, with no worker for it at all', async () => {
  const { intents } = environment;
  const id = await newIntent('crawl-by-apps');
  for (const to of ['FETCHING', 'FETCHED', 'INDEXING', 'DONE']) {
    expect(await intents.transition(id, { to, actor: 'crawler' })).toMatchObject({ status: 'applied' });
  }
  expect(await movesOf(id)).toEqual([
    'transition NEW → FETCHING',
    'transition FETCHING → FETCHED',
    'transition FETCHED → INDEXING',
    'transition INDEXING → DONE',
  ]);
});

test("an app's transition wins over work in flight, whose late result counts for nothing", async () => {
  const { intents } = environment;
  const id = await newIntent();
  const begun = closedGate();
  const late = closedGate();
  fetchPage.on(id, async () => {
    begun.open();
    await late.opened;
    return 'too late';
  });
  indexPage.on(id, () => 'indexed');
  await intents.transition(id, { to: 'FETCHING' });
  await begun.opened;
  await intents.transition(id, { to: 'FETCHED', actor: 'crawler' });
  late.open();
  await intents.transition(id, { to: 'INDEXING' });
  await intents.waitForState(id, 'DONE');
  expect(await movesOf(id)).toEqual([
    'transition NEW → FETCHING',
    'transition FETCHING → FETCHED',
    'transition FETCHED → INDEXING',
    'work INDEXING → DONE',
  ]);
  expect(indexPage.callsOf(id)[0]?.order.results).toEqual({});
});

test('of an app and its work that end the state at the same time exactly one does', async () => {
  const { intents, pool } = environment;
  const ids = await Promise.all(Array.from({ length: 10 }, () => newIntent()));
  await Promise.all(
    ids.map(async (id) => {
      const begun = closedGate();
      const go = closedGate();
      fetchPage.on(id, async () => {
        begun.open();
        await go.opened;
        return 'work';
      });
      await intents.transition(id, { to: 'FETCHING' });
      await begun.opened;
      go.open();
      const outcome = await intents.transition(id, { to: 'FETCHED', requestId: 'app' }, PATIENCE);
      const byApp = 'transition FETCHING → FETCHED';
      const byWork = 'work FETCHING → FETCHED';
      expect(await movesOf(id)).toEqual([
        'transition NEW → FETCHING',
        outcome.status === 'applied' ? byApp : byWork,
      ]);
    }),
  );
  expect(new Set((await outcomeRows(pool, ids)).values())).not.toContain(2);
});

test('nobody can take the place of what the work will say', async () => {
  const { intents, temporal } = environment;
  const id = await newIntent();
  await intents.waitForState(id, 'NEW');
  fetchPage.on(id, () => 'mine');
  const forged = { requestId: 'engine:work:2', to: 'FETCHING', metadata: { result: 'forged' } };
  await temporal.workflow.getHandle(id).signal('requestTransition', forged);
  await intents.transition(id, { to: 'FETCHING' });
  await intents.waitForState(id, 'FETCHED');
  expect(await lastRow(id)).toMatchObject({ requestId: 'engine:work:2', metadata: { result: 'mine' } });
});

test('a run is not left while its work is under way; the next one knows the result', async () => {
  const { intents, temporal, pool } = environment;
  const id = await newIntent();
  const handle = temporal.workflow.getHandle(id);
  const begun = closedGate();
  const go = closedGate();
  fetchPage.on(id, async () => {
    begun.open();
    await go.opened;
    return { words: 5 };
  });
  indexPage.on(id, () => 'indexed');
  await intents.transition(id, { to: 'FETCHING' });
  await begun.opened;
  const { runId } = await restingHistory(handle);
  await makeHistoryLong(intents, id);
  const long = await restingHistory(handle);
  expect([long.runId, long.events > 1_000]).toEqual([runId, true]);

  go.open();
  await intents.waitForState(id, 'FETCHED', PATIENCE);
  await intents.transition(id, { to: 'NOWHERE' }, PATIENCE);
  await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
  await intents.transition(id, { to: 'INDEXING' });
  await intents.waitForState(id, 'DONE');
  expect(fetchPage.callsOf(id)).toHaveLength(1);
  expect(indexPage.callsOf(id)[0]?.order.results).toEqual({ FETCHING: { words: 5 } });
  expect(await brokenLinks(pool, id)).toEqual([]);
}, 120_000);

test('replaying the histories of all of these intents yields exactly the rows in Postgres', async () => {
  await expectVerified(environment);
}, 120_000);

function nested(depth: number): unknown {
  return depth === 0 ? 'deep' : { in: nested(depth - 1) };
}
