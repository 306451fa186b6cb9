import { randomUUID } from 'node:crypto';

import {
  insertVerification,
  readLastVerification,
  readVerification,
  type NewVerification,
} from '../../src/database/verifications';
import { refusal, useDatabase } from './use-database';

const pools = useDatabase('verifications');

const verification = (details: Partial<NewVerification> = {}): NewVerification => ({
  runId: randomUUID(),
  mode: 'fast',
  startedAt: new Date('2026-03-01T12:00:00Z'),
  finishedAt: new Date('2026-03-01T12:00:10Z'),
  intents: 3,
  witnessed: 2,
  forgotten: 1,
  filed: 0,
  unchecked: 0,
  findings: {},
  samples: [],
  failure: null,
  ...details,
});

test('a run has one row, the first, however often it is stored, also at the same time', async () => {
  const first = verification();
  const stored = await insertVerification(pools.engine, first);
  expect(stored).toEqual({ ...first, complete: true, clean: true });
  const again = [1, 2, 3, 4].map((intents) => insertVerification(pools.engine, { ...first, intents }));
  expect(await Promise.all(again)).toEqual([stored, stored, stored, stored]);

  const another = verification();
  const both = await Promise.all(
    [1, 2].map((intents) => insertVerification(pools.engine, { ...another, intents })),
  );
  expect(both[0]).toEqual(both[1]);
});

test.each([
  ['nothing was found and all was checked', {}, true, true],
  ['something was found', { findings: { ROW_ALTERED: 1 }, samples: [{ code: 'ROW_ALTERED' }] }, true, false],
  ['an intent could not be checked', { unchecked: 1 }, true, false],
  ['it did not come to its end', { failure: 'Temporal does not answer' }, false, false],
] as const)(
  'where %s, the database itself says whether that is complete and clean',
  async (_case, details, complete, clean) => {
    const { runId } = await insertVerification(pools.engine, verification(details));
    expect(await readVerification(pools.engine, runId)).toMatchObject({ ...details, complete, clean });
    const forged = `INSERT INTO intent_verifications
    SELECT 'forged', mode, started_at, finished_at, intents, witnessed, forgotten, filed, unchecked, findings, samples,
           failure, true, true FROM intent_verifications WHERE run_id = $1`;
    expect(await refusal(pools.engine.query(forged, [runId]))).toBe('428C9');
  },
);

test('the last is the one that ended last', async () => {
  const at = (hour: number) => new Date(Date.UTC(2027, 0, 1, hour));
  const [early, late] = [at(2), at(3)];
  const { runId } = await insertVerification(pools.engine, verification({ finishedAt: late }));
  await insertVerification(pools.engine, verification({ finishedAt: early }));
  expect(await readLastVerification(pools.engine)).toMatchObject({ runId, finishedAt: late });
});

test('nobody changes or removes a row', async () => {
  const { runId } = await insertVerification(pools.engine, verification({ unchecked: 1 }));
  for (const statement of [
    `UPDATE intent_verifications SET unchecked = 0 WHERE run_id = '${runId}'`,
    `DELETE FROM intent_verifications WHERE run_id = '${runId}'`,
    'TRUNCATE intent_verifications',
  ]) {
    expect(await refusal(pools.engine.query(statement))).toBe('42501');
    expect(await refusal(pools.superuser.query(statement))).toBe('IE004');
  }
});

test('a reader, who sees one organization, sees none of it', async () => {
  await insertVerification(pools.engine, verification());
  const client = await pools.superuser.connect();
  try {
    await client.query('SET ROLE intent_reader');
    expect(await refusal(client.query('SELECT FROM intent_verifications'))).toBe('42501');
  } finally {
    client.release(true);
  }
});
