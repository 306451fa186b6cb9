import type { Graph } from '../../src/graph';
import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

const INTENTS = 12;
const PATIENCE = { timeoutMs: 60_000 };

/** Long enough for the worker to be gone by then. */
const graph: Graph = {
  name: 'race',
  version: 1,
  steps: [{ key: 'review', label: 'Review', states: ['DRAFT', 'REVIEW', 'HELD', 'LATE'] }],
  transitions: { DRAFT: ['REVIEW'], REVIEW: ['HELD', 'LATE'], HELD: ['DONE'], LATE: ['DONE'] },
  terminal: ['DONE'],
  deadlines: { REVIEW: { after: 'PT15S', to: 'LATE' } },
};

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('deadline-race');
  await register(environment.database, graph);
});
afterAll(() => environment.close());

async function inReview(): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'race' });
  await intents.transition(id, { to: 'REVIEW' }, PATIENCE);
  return id;
}

async function timerHasFired(id: string): Promise<void> {
  const { events } = await environment.temporal.workflow.getHandle(id).fetchHistory();
  expect(events?.filter(({ timerFiredEventAttributes }) => timerFiredEventAttributes)).toHaveLength(1);
}

test('when the time is over at the moment a request comes, there is one move and an answer to the request', async () => {
  const { pool, intents, startWorker } = environment;
  const stopWorker = await startWorker();
  const ids = await Promise.all(Array.from({ length: INTENTS }, inReview));
  await stopWorker();

  // Half of the requests come before the timers, half after them, and no worker sees either.
  const requests = ids.map((id) => ({ id, requestId: `race:${id}`, to: 'HELD', expectedState: 'REVIEW' }));
  const send = ({ id, ...request }: (typeof requests)[number]) => intents.requestTransition(id, request);
  await Promise.all(requests.slice(0, INTENTS / 2).map(send));
  for (const id of ids) await eventually(() => timerHasFired(id));
  await Promise.all(requests.slice(INTENTS / 2).map(send));
  await startWorker();

  for (const { id, requestId } of requests) {
    const { state } = await intents.waitForState(id, (current) => current !== 'REVIEW', PATIENCE);
    const outcome = await eventually(async () => {
      const found = await intents.outcome(id, requestId);
      expect(found).toBeDefined();
      return found;
    });
    const rows = await intents.history(id);
    expect(rows).toHaveLength(3);
    if (outcome?.status === 'applied') {
      expect(state).toBe('HELD');
      expect(rows[2]).toMatchObject({ kind: 'transition', requestId, newState: 'HELD' });
    } else {
      expect(outcome).toMatchObject({ code: 'STATE_CONFLICT', state: 'LATE' });
      expect(rows[2]).toMatchObject({ kind: 'deadline', requestId: 'engine:deadline:2', newState: 'LATE' });
    }
    expect(await brokenLinks(pool, id)).toEqual([]);
  }
  const counts = await outcomeRows(pool, ids);
  for (const { requestId } of requests) expect(counts.get(requestId)).toBe(1);
}, 180_000);
