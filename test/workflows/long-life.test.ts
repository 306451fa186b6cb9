import type { Graph } from '../../src/graph';
import { jsonBytes, LIMITS } from '../../src/intent';
import type { CarriedIntent } from '../../src/workflows/carry-over';
import { brokenLinks } from '../setup/audit-checks';
import { ORGANIZATION } from '../setup/intent-environment';
import {
  createTimeSkippingEnvironment,
  type TimeSkippingEnvironment,
} from '../setup/time-skipping-environment';

const DAY = 24 * 60 * 60 * 1000;
const TEN_YEARS = 3_652 * DAY;
const TRANSITIONS = 2_000;
/** Between two visits the machine is inspected by itself, every five days. */
const BETWEEN_VISITS = 31 * DAY;
const REQUESTS_OF_A_VISIT = 11;
/** When Temporal suggests a new run at the latest, whatever is carried over: docs/reference/limits.md. */
const SUGGESTED_EVENTS = 4_096;
const LAST_TASK = 100;

const machine: Graph = {
  name: 'machine',
  version: 1,
  steps: [{ key: 'use', label: 'In use', states: ['RUNNING', 'INSPECTED', 'VISITED'] }],
  transitions: {
    RUNNING: ['INSPECTED', 'VISITED', 'SCRAPPED'],
    INSPECTED: ['RUNNING', 'VISITED'],
    VISITED: ['RUNNING', 'VISITED'],
  },
  terminal: ['SCRAPPED'],
  deadlines: {
    RUNNING: { after: 'P5D', to: 'INSPECTED' },
    INSPECTED: { after: 'P5D', to: 'RUNNING', timeZone: 'Europe/Amsterdam' },
    VISITED: { after: 'P5D', to: 'RUNNING' },
  },
};

let environment: TimeSkippingEnvironment;

beforeAll(async () => {
  environment = await createTimeSkippingEnvironment('long-life', [machine]);
  await environment.startWorker();
});
afterAll(() => environment.close());

interface Run {
  events: number;
  /** What the run before it handed over. */
  carried: CarriedIntent | undefined;
}

/** Every run of the intent, the first one first. */
async function runsOf(id: string): Promise<Run[]> {
  const runs: Run[] = [];
  const last = await environment.server.client.workflow.getHandle(id).describe();
  let runId: string | undefined = last.runId;
  while (runId) {
    const events = await environment.eventsOf(id, runId);
    const { input, continuedExecutionRunId } = events[0]?.workflowExecutionStartedEventAttributes ?? {};
    const data = input?.payloads?.[1]?.data;
    const carried = data == null ? undefined : (JSON.parse(Buffer.from(data).toString()) as CarriedIntent);
    runs.unshift({ events: events.length, carried });
    runId = continuedExecutionRunId ?? undefined;
  }
  return runs;
}

test('ten years and 2,000 transitions: every run is short, and carries its memory and nothing else that grows', async () => {
  const { intents, pool, now, skipTo } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'machine', title: 'a press' });
  await intents.waitForState(id, 'RUNNING');
  const started = await now();
  let sequence = 1;
  for (let visit = 1; sequence < TRANSITIONS || (await now()) < started + TEN_YEARS; visit += 1) {
    await skipTo((await now()) + BETWEEN_VISITS);
    for (let request = 1; request < REQUESTS_OF_A_VISIT; request += 1) {
      await intents.requestTransition(id, { to: 'VISITED' });
    }
    const outcome = await intents.transition(id, { to: 'VISITED' }, { timeoutMs: 60_000 });
    if (outcome.status === 'rejected') throw new Error(outcome.message);
    ({ sequence } = outcome);
  }

  const history = await intents.history(id);
  expect(history).toHaveLength(sequence);
  expect(await brokenLinks(pool, id)).toEqual([]);
  const byDeadline = history.filter(({ kind }) => kind === 'deadline').length;
  expect(byDeadline).toBeGreaterThan(600);
  expect(sequence - byDeadline).toBeGreaterThan(1_000);
  expect(await intents.describe(id)).toMatchObject({
    sequence,
    mirrorLag: 0,
    auditHash: history.at(-1)?.hash,
  });

  const runs = await runsOf(id);
  expect(runs.length).toBeGreaterThan(5);
  // The longest that a run may get, whichever run it is, with the task that it was left in.
  for (const { events } of runs) expect(events).toBeLessThan(SUGGESTED_EVENTS + LAST_TASK);
  const memories = runs.flatMap(({ carried }) => carried ?? []);
  for (const { outcomes, sequence: transitions, unrecorded, ...rest } of memories) {
    expect(jsonBytes(outcomes)).toBeLessThan(LIMITS.rememberedTransitionsBytes);
    expect(jsonBytes(outcomes) / transitions).toBeLessThan(LIMITS.rememberedTransitionsBytes / 12_000);
    expect(unrecorded.length).toBeLessThanOrEqual(REQUESTS_OF_A_VISIT);
    // All else is as it was after the first run, but for digits.
    expect(Math.abs(jsonBytes(rest) - jsonBytes(restOf(memories[0])))).toBeLessThan(200);
  }
}, 600_000);

function restOf(carried: CarriedIntent | undefined): Partial<CarriedIntent> {
  const { outcomes: _memory, sequence: _counted, unrecorded: _unrecorded, ...rest } = carried ?? {};
  return rest;
}
