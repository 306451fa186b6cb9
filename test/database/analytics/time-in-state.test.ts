import { randomUUID } from 'node:crypto';

import { BEGINS_STAY, timeInState, type TimeInState } from '../../../src/database/analytics/time-in-state';
import { MOVE_KINDS } from '../../../src/intent';
import { guideSql } from './guide-sql';
import { recordTicket } from './ticket-log';
import { useTicketLog } from './use-ticket-log';

const log = useTicketLog('analytics times');

type Times = Record<string, { visits: number; open: number; hours: Record<string, number> | null }>;

/** By state, with whole seconds made hours: a percentile may be the least bit off. */
function byState(result: TimeInState | undefined): Times {
  return Object.fromEntries(
    (result?.states ?? []).map(({ state, visits, open, seconds }) => {
      const hours =
        seconds &&
        Object.fromEntries(Object.entries(seconds).map(([name, of]) => [name, Math.round(of) / 3_600]));
      return [state, { visits, open, hours }];
    }),
  );
}

/** Counted by hand, see the log. */
const MINE: Times = {
  // 5, 8, 10, 20, 25, 40
  OPEN: { visits: 8, open: 2, hours: { median: 15, p90: 32.5, p99: 39.25, mean: 18, max: 40 } },
  // 5, 8, 20, 30
  CHECKING: { visits: 5, open: 1, hours: { median: 14, p90: 27, p99: 29.7, mean: 15.75, max: 30 } },
  // 10, 30, 40, 60
  WORKING: { visits: 5, open: 1, hours: { median: 35, p90: 54, p99: 59.4, mean: 35, max: 60 } },
  ON_HOLD: { visits: 1, open: 0, hours: { median: 40, p90: 40, p99: 40, mean: 40, max: 40 } },
  DONE: { visits: 1, open: 1, hours: null },
  CANCELLED: { visits: 2, open: 2, hours: null },
  WAITING: { visits: 1, open: 0, hours: { median: 60, p90: 60, p99: 60, mean: 60, max: 60 } },
};

const graph = { name: 'ticket' };

test('its figures are those counted by hand: no stay is split by a pause or a migration, a self edge begins one', async () => {
  const result = await timeInState(log.engine, { graph, organizationId: log.mine });
  expect(byState(result)).toEqual(MINE);
  expect(result).toMatchObject({ graph: 'ticket@2', intents: 7, inFiles: 1 });
});

test('states are in the order of the graph, with their steps, those of earlier versions last', async () => {
  const result = await timeInState(log.engine, { graph, organizationId: log.mine });
  expect(result?.states.map(({ state, step, terminal }) => [state, step, terminal])).toEqual([
    ['OPEN', 'intake', false],
    ['CHECKING', 'check', false],
    ['WORKING', 'work', false],
    ['ON_HOLD', 'work', false],
    ['DONE', null, true],
    ['CANCELLED', null, true],
    ['WAITING', null, false],
  ]);
});

test('the result is plain JSON', async () => {
  const result = await timeInState(log.engine, { graph });
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('a reader measures its own organization alone, whichever it names', async () => {
  const read = async (session: string, organizationId?: string) =>
    byState(
      await log.asReader(session, (reader) =>
        timeInState(reader, { graph, ...(organizationId !== undefined && { organizationId }) }),
      ),
    );
  expect(await read(log.mine)).toEqual(MINE);
  expect(await read(log.theirs)).toMatchObject({
    OPEN: { visits: 1, open: 0, hours: { median: 3, max: 3 } },
    CHECKING: { visits: 0, open: 0, hours: null },
    CANCELLED: { visits: 1, open: 1, hours: null },
  });
  const visits = Object.values(await read(log.mine, log.theirs)).map((times) => times.visits);
  expect(visits).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a visit that ended before it began, by what an app said, took no time', async () => {
  const organizationId = randomUUID();
  await recordTicket(log.engine, organizationId, 2, [
    [-10, 'CHECKING'],
    [5, 'WORKING'],
  ]);
  const times = byState(await timeInState(log.engine, { graph, organizationId }));
  expect(times).toMatchObject({ OPEN: { hours: { median: 0, max: 0 } }, CHECKING: { hours: { max: 15 } } });
});

test('a graph that is not registered has no answer', async () => {
  expect(await timeInState(log.engine, { graph: { name: 'ticket', version: 3 } })).toBeUndefined();
});

test('a row begins a stay where the database says so, whatever its kind', async () => {
  const { rows } = await log.engine.query<{ kind: string; ours: boolean; theirs: boolean }>(
    `SELECT kind, ${BEGINS_STAY} AS ours, intent_begins_stay(audit) AS theirs
       FROM unnest($1::text[]) AS given_kind,
            LATERAL (VALUES ('OPEN', 'OPEN'), ('OPEN', 'WORKING'), (NULL, 'OPEN')) AS given (previous, next),
            LATERAL jsonb_populate_record(NULL::workflow_transition_audit, jsonb_build_object(
              'kind', given_kind, 'previous_state', previous, 'new_state', next)) AS audit`,
    [Object.keys(MOVE_KINDS)],
  );
  expect(rows).toHaveLength(3 * Object.keys(MOVE_KINDS).length);
  for (const { kind, ours, theirs } of rows) expect([kind, ours]).toEqual([kind, theirs]);
});

test('the SQL of the guide measures the same', async () => {
  const rows = await log.asReader(
    log.mine,
    async (reader) =>
      (
        await reader.query<{ state: string; visits: string; open: string; median: number }>(
          guideSql('median'),
        )
      ).rows,
  );
  const median = ({ hours }: Times[string]) => (hours === null ? null : hours['median']);
  expect(
    Object.fromEntries(rows.map(({ state, ...row }) => [state, [row.visits, row.open, row.median]])),
  ).toEqual(
    Object.fromEntries(
      Object.entries(MINE).map(([state, times]) => {
        const hours = median(times);
        return [state, [String(times.visits), String(times.open), hours === null ? null : hours]];
      }),
    ),
  );
});
