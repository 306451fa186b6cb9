import { countRecords } from '../../src/database/count-records';
import { recordDecisions } from '../../src/database/record-decisions';
import { countFailedStarts, noteWorkerStart } from '../../src/database/worker-starts';
import { applied, createdIntent, rejected, TO_PENDING, useDatabase } from './use-database';

const pools = useDatabase('count-records');

test('counts what was recorded, and recording says which decisions are new', async () => {
  const intent = await createdIntent(pools.engine);
  const decisions = [applied(2, TO_PENDING), rejected(1)];
  expect((await recordDecisions(pools.engine, intent, decisions)).written).toEqual(decisions);
  expect((await recordDecisions(pools.engine, intent, decisions)).written).toEqual([]);
  const more = [...decisions, rejected(2)];
  const { written, transitions } = await recordDecisions(pools.engine, intent, more);
  expect([written, transitions.map(({ sequence }) => sequence)]).toEqual([[rejected(2)], [2]]);
  expect((await recordDecisions(pools.engine, intent, [rejected(3)])).transitions).toEqual([]);
  expect(await countRecords(pools.engine)).toMatchObject({
    intents: 1,
    quarantined: 0,
    auditRows: { transition: 2 },
    rejections: { ILLEGAL_TRANSITION: 3 },
  });
});

test('of two calls with the same decisions at the same time, one says that they are new', async () => {
  const intent = await createdIntent(pools.engine);
  const decisions = [applied(2, TO_PENDING), rejected(1)];
  const calls = Array.from({ length: 8 }, () => recordDecisions(pools.engine, intent, decisions));
  const written = (await Promise.all(calls)).flatMap((recorded) => recorded.written);
  expect(written).toEqual(expect.arrayContaining(decisions));
  expect(written).toHaveLength(decisions.length);
});

test('starts that were refused are counted for a while, and removed later', async () => {
  await noteWorkerStart(pools.engine);
  await noteWorkerStart(pools.engine, 'graph broken@1: DEAD_END');
  expect(await countFailedStarts(pools.engine, 3_600)).toBe(1);
  await pools.superuser.query("UPDATE intent_worker_starts SET started_at = started_at - interval '31 days'");
  expect(await countFailedStarts(pools.engine, 3_600)).toBe(0);
  await noteWorkerStart(pools.engine);
  const { rows } = await pools.engine.query('SELECT problem FROM intent_worker_starts');
  expect(rows).toEqual([{ problem: null }]);
});
