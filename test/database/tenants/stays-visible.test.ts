import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../setup/eventually';
import { ask, fill, readerOf, useTwoOrganizations } from './two-organizations';

const db = useTwoOrganizations('tenants stays visible');

const analyzed = (sql: string) => `EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ${sql}`;

/**
 * What Postgres tells every login that may send SQL, and no schema can take back. By the words of the database
 * reference, which warns of them; each changes when others write.
 */
const TOLD: Record<string, () => string> = {
  '`pg_class.reltuples`': () => `SELECT reltuples FROM pg_class WHERE oid = 'intent_workflows'::regclass`,
  '`pg_relation_size`': () => `SELECT pg_relation_size('intent_workflows')`,
  '`pg_stat_user_tables`': () =>
    `SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'workflow_transition_audit'`,
  '`pg_current_snapshot()`': () => 'SELECT pg_snapshot_xmax(pg_current_snapshot())',
  '`EXPLAIN ANALYZE`': () => analyzed('SELECT count(*) FROM workflow_transition_audit'),
};

test.each(Object.entries(TOLD))(
  '%s tells how much all organizations have, and the reference says so',
  async (name, sql) => {
    const told = async () => (await ask(db.reader, sql(), readerOf(db.mine))).text;
    await db.superuser.query('VACUUM ANALYZE intent_workflows, workflow_transition_audit');
    const before = await told();
    for (let more = 0; more < 12; more += 1) await fill(db.engine, randomUUID(), randomUUID(), 'more');
    await db.superuser.query('VACUUM ANALYZE intent_workflows, workflow_transition_audit');
    // A backend keeps its counters to itself for up to 10 s, unless told.
    await db.engine.query('SELECT pg_stat_force_next_flush()');
    await eventually(async () => expect(await told()).not.toBe(before));
    expect(REFERENCE.includes(name)).toBe(true);
  },
);

test('`EXPLAIN ANALYZE` of the trail of an intent whose id is known tells whether others have it, and the reference says so', async () => {
  const trail = (id: string) =>
    analyzed(`SELECT 1 FROM workflow_transition_audit WHERE workflow_id = '${id}'`);
  expect((await ask(db.reader, trail(db.theirIntent), readerOf(db.mine))).text).toContain(
    'Rows Removed by Filter: 3',
  );
  expect((await ask(db.reader, trail(randomUUID()), readerOf(db.mine))).text).not.toContain('Rows Removed');
  expect(REFERENCE.includes('`Rows Removed by Filter`')).toBe(true);
});

const REFERENCE = readFileSync(join(__dirname, '../../../docs/reference/database.md'), 'utf8');
