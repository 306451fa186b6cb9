import { randomUUID } from 'node:crypto';

import { funnel, type Funnel } from '../../../src/database/analytics/funnel';
import { guideSql } from './guide-sql';
import { recordTicket } from './ticket-log';
import { useTicketLog } from './use-ticket-log';

const log = useTicketLog('analytics funnel');

const STEPS = [
  { number: 1, key: 'intake', label: 'Intake' },
  { number: 2, key: 'check', label: 'Check' },
  { number: 3, key: 'work', label: 'Work' },
];

/** Counted by hand: a to e, h and k; i is in a file. */
const MINE: Funnel = {
  graph: 'ticket@2',
  intents: 7,
  inFiles: 1,
  steps: [
    { ...STEPS[0], reached: 7, now: 2 }, // all; c, k
    { ...STEPS[1], reached: 6, now: 1 }, // all but c; e
    { ...STEPS[2], reached: 3, now: 1 }, // a, d, k; d
  ] as Funnel['steps'],
  terminal: [
    { state: 'DONE', now: 1 },
    { state: 'CANCELLED', now: 2 },
  ],
};

const THEIRS: Funnel = {
  graph: 'ticket@2',
  intents: 1,
  inFiles: 0,
  steps: STEPS.map((step, index) => ({ ...step, reached: index === 0 ? 1 : 0, now: 0 })),
  terminal: [
    { state: 'DONE', now: 0 },
    { state: 'CANCELLED', now: 1 },
  ],
};

test('its figures are those counted by hand: of rows before a migration, a way back, and the archive too', async () => {
  const graph = { name: 'ticket', version: 2 };
  expect(await funnel(log.engine, { graph, organizationId: log.mine })).toEqual(MINE);
});

test('without a version it is about the newest one, and an older one has its own steps and intents', async () => {
  const of = (graph: { name: string; version?: number }) =>
    funnel(log.engine, { graph, organizationId: log.mine });
  expect(await of({ name: 'ticket' })).toEqual(MINE);
  expect(await of({ name: 'ticket', version: 1 })).toMatchObject({
    graph: 'ticket@1',
    intents: 2,
    steps: [
      { key: 'intake', reached: 2, now: 1 },
      { key: 'work', reached: 1, now: 1 },
    ],
    terminal: [
      { state: 'DONE', now: 0 },
      { state: 'CANCELLED', now: 0 },
    ],
  });
});

test('every intent that is counted is in one step, or in one terminal state', async () => {
  for (const version of [1, 2]) {
    const result = await funnel(log.engine, { graph: { name: 'ticket', version } });
    const places = [...(result?.steps ?? []), ...(result?.terminal ?? [])];
    expect(places.reduce((sum, { now }) => sum + now, 0)).toBe(result?.intents);
    expect(result?.intents).toBeGreaterThan(0);
  }
});

test('a reader counts its own organization alone, whichever it names', async () => {
  const graph = { name: 'ticket' };
  for (const [organizationId, expected] of [
    [log.mine, MINE],
    [log.theirs, THEIRS],
  ] as const) {
    expect(await log.asReader(organizationId, (reader) => funnel(reader, { graph }))).toEqual(expected);
  }
  const ofOthers = await log.asReader(log.mine, (reader) =>
    funnel(reader, { graph, organizationId: log.theirs }),
  );
  expect(ofOthers).toMatchObject({ intents: 0, inFiles: 0 });
});

test('the time in which intents were created has its beginning, and not its end', async () => {
  const organizationId = randomUUID();
  for (const day of [1, 2, 3]) {
    const id = await recordTicket(log.engine, organizationId, 2, day === 2 ? [[1, 'CHECKING']] : []);
    await log.superuser.query(
      `BEGIN; SET LOCAL session_replication_role = replica;
       UPDATE intent_workflows SET created_at = '2026-02-0${day}T00:00:00Z' WHERE id = '${id}'; COMMIT`,
    );
  }
  const reached = async (days: { createdSince?: Date; createdBefore?: Date }) => {
    const result = await funnel(log.engine, { graph: { name: 'ticket' }, organizationId, ...days });
    return result?.steps.map((step) => step.reached);
  };
  const [second, third] = [new Date('2026-02-02T00:00:00Z'), new Date('2026-02-03T00:00:00Z')];
  expect(await reached({})).toEqual([3, 1, 0]);
  expect(await reached({ createdSince: second })).toEqual([2, 1, 0]);
  expect(await reached({ createdBefore: third })).toEqual([2, 1, 0]);
  expect(await reached({ createdSince: second, createdBefore: third })).toEqual([1, 1, 0]);
  expect(await reached({ createdSince: third })).toEqual([1, 0, 0]);
});

test('a graph that nobody uses has its steps, with nothing in them; one that is not registered has no answer', async () => {
  const graph = { name: 'content-intent' };
  const unused = await funnel(log.engine, { graph, organizationId: log.theirs });
  expect(unused?.steps).toHaveLength(7);
  expect(new Set(unused?.steps.flatMap(({ reached, now }) => [reached, now]))).toEqual(new Set([0]));
  expect(await funnel(log.engine, { graph: { name: 'ticket', version: 3 } })).toBeUndefined();
});

test('the SQL of the guide counts the same', async () => {
  const { rows } = await log.asReader(log.mine, (reader) => reader.query(guideSql('reached')));
  expect(rows).toEqual(
    MINE.steps.map(({ number, key, reached, now }) => ({
      step_number: number,
      step_key: key,
      reached: String(reached),
      now: String(now),
    })),
  );
});
