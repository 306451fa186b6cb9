import type { EventEmitter } from 'node:events';

import type { Pool } from 'pg';

import { ask, BY_ORGANIZATION, readerOf, SECRET, useTwoOrganizations } from './two-organizations';

const db = useTwoOrganizations('tenants read');

/** Ways to read a table that a role may SELECT from. Each shows everything to a role that may see everything. */
const WAYS: Record<string, (table: string) => string> = {
  'a plain SELECT': (table) => `SELECT * FROM ${table}`,
  'whole rows as JSON, as PostgREST asks': (table) => `SELECT row_to_json(t) FROM ${table} t`,
  'a join with itself': (table) => `SELECT b.* FROM ${table} a JOIN ${table} b ON true`,
  'TABLE in a CTE': (table) => `WITH t AS (TABLE ${table}) SELECT * FROM t`,
  'a lateral function': (table) => `SELECT * FROM (SELECT 1) one, LATERAL (SELECT * FROM ${table}) t`,
  'an aggregate': (table) => `SELECT jsonb_agg(t) FROM ${table} t`,
  'a cursor': (table) => `DECLARE c CURSOR FOR SELECT * FROM ${table}; FETCH ALL FROM c`,
  'a prepared statement': (table) => `PREPARE p AS SELECT * FROM ${table}; EXECUTE p; DEALLOCATE p`,
  'a temporary copy': (table) => `CREATE TEMP TABLE copy AS SELECT * FROM ${table}; SELECT * FROM copy`,
  'a view of its own': (table) => `CREATE TEMP VIEW v AS SELECT * FROM ${table}; SELECT * FROM v`,
  'a function of its own': (table) =>
    `CREATE FUNCTION pg_temp.f() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
       AS $$ BEGIN RETURN QUERY SELECT t::text FROM ${table} t; END $$; SELECT pg_temp.f()`,
  table_to_xml: (table) => `SELECT table_to_xml('${table}', true, false, '')::text`,
  query_to_xml: (table) => `SELECT query_to_xml('SELECT * FROM ${table}', true, false, '')::text`,
  ts_stat: (table) => `SELECT * FROM ts_stat($$SELECT to_tsvector('simple', t::text) FROM ${table} t$$)`,
  'row_security switched on by itself': (table) => `SET LOCAL row_security = on; SELECT * FROM ${table}`,
};

const attempts = BY_ORGANIZATION.flatMap((table) =>
  Object.entries(WAYS).map(([way, sql]) => [way, table, sql(table)] as const),
);

test.each(attempts)('%s of %s shows the own organization and nothing else', async (_way, _table, sql) => {
  const all = await ask(db.engine, sql);
  expect([all.refused, all.text.includes(SECRET), all.text.includes('mine')]).toEqual([
    undefined,
    true,
    true,
  ]);

  const own = await ask(db.reader, sql, readerOf(db.mine));
  expect([own.refused, own.text.includes('mine')]).toEqual([undefined, true]);
  for (const theirs of [SECRET, db.theirs, db.theirIntent]) expect(own.text).not.toContain(theirs);
});

test.each(BY_ORGANIZATION)('%s counts the own rows only, by every way to count', async (table) => {
  const { rows } = await db.superuser.query<{ mine: number; all: number }>(
    `SELECT count(*) FILTER (WHERE organization_id = $1)::int AS mine, count(*)::int AS all FROM ${table}`,
    [db.mine],
  );
  const [counted] = rows;
  expect(counted?.all).toBeGreaterThan(counted?.mine ?? 0);
  expect(counted?.mine).toBeGreaterThan(0);
  for (const count of ['count(*)', 'count(organization_id)', 'count(t)', 'sum(1)', 'max(place)']) {
    const sql = `SELECT (${count})::int AS count FROM (SELECT *, row_number() OVER () AS place FROM ${table}) t`;
    const answer = await ask(db.reader, sql, readerOf(db.mine));
    expect([count, answer.rows]).toEqual([count, [{ count: counted?.mine }]]);
  }
  const asked = await ask(
    db.reader,
    `SELECT count(*)::int AS count FROM ${table} WHERE organization_id = '${db.theirs}'`,
    readerOf(db.mine),
  );
  expect(asked.rows).toEqual([{ count: 0 }]);
});

/** Ways around the policies. Refused, not empty. */
const AROUND: Record<string, (table: string) => string> = {
  'row security switched off': (table) => `SET LOCAL row_security = off; SELECT * FROM ${table}`,
  "the owner's role": (table) => `SET LOCAL ROLE intent_owner; SELECT * FROM ${table}`,
  "the engine's role": (table) => `SET LOCAL ROLE intent_engine; SELECT * FROM ${table}`,
  'a child table': (table) => `CREATE TEMP TABLE child () INHERITS (${table}); SELECT * FROM child`,
  'a lock for update': (table) => `SELECT * FROM ${table} FOR UPDATE`,
  'a shared lock': (table) => `SELECT * FROM ${table} FOR KEY SHARE`,
  'another policy': (table) => `CREATE POLICY mine ON ${table} USING (true)`,
  'row security disabled': (table) => `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
  'a trigger of its own': (table) =>
    `CREATE FUNCTION pg_temp.t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
     CREATE TRIGGER t AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION pg_temp.t()`,
  'a rule': (table) => `CREATE RULE r AS ON INSERT TO ${table} DO ALSO NOTHING`,
  'a publication': (table) => `CREATE PUBLICATION p FOR TABLE ${table}`,
  'statistics of its own': (table) => `CREATE STATISTICS s ON organization_id, created_at FROM ${table}`,
  'a write of nothing': (table) => `UPDATE ${table} SET organization_id = organization_id WHERE false`,
  'an insert of nothing': (table) => `INSERT INTO ${table} SELECT * FROM ${table} WHERE false`,
  'a delete of nothing': (table) => `DELETE FROM ${table} WHERE false`,
  TRUNCATE: (table) => `TRUNCATE ${table}`,
};

const refusals = BY_ORGANIZATION.flatMap((table) =>
  Object.entries(AROUND)
    // Nobody can inherit from a partitioned table.
    .filter(([way]) => way !== 'a child table' || !table.endsWith('_archive'))
    .map(([way, sql]) => [way, table, sql(table)] as const),
);

test.each(refusals)('%s on %s is refused', async (_way, _table, sql) => {
  const { refused, text } = await ask(db.reader, sql, readerOf(db.mine));
  expect([refused, text]).toEqual(['42501', expect.not.stringContaining(SECRET)]);
});

test.each(BY_ORGANIZATION)('COPY of %s writes the own rows only', async (table) => {
  const copied = async (pool: Pool) => {
    const client = await pool.connect();
    const chunks: string[] = [];
    // The driver drops what COPY sends, unless one listens.
    const { connection } = client as unknown as { connection: EventEmitter };
    connection.on('copyData', ({ chunk }: { chunk: Buffer }) => void chunks.push(chunk.toString()));
    await client.query("SELECT set_config('intent.organization_id', $1, false)", [db.mine]);
    await client.query(`COPY (SELECT * FROM ${table}) TO STDOUT`);
    client.release(true);
    return chunks.join('');
  };
  await expect(copied(db.superuser)).resolves.toContain(SECRET);
  const own = await copied(db.reader);
  expect(own).toContain('mine');
  expect(own).not.toContain(SECRET);
});

test('a view of the owner shows everything, unless it is a security invoker', async () => {
  const view = (options: string) =>
    `SET LOCAL ROLE intent_owner;
     CREATE VIEW titles ${options} AS SELECT title FROM intent_workflows; GRANT SELECT ON titles TO intent_reader;
     SET LOCAL ROLE intent_reader; SELECT DISTINCT title FROM titles WHERE title IS NOT NULL ORDER BY 1`;
  const session = readerOf(db.mine);
  const open = await ask(db.superuser, view(''), session);
  expect(open.rows).toEqual([{ title: 'mine' }, { title: SECRET }]);
  const closed = await ask(db.superuser, view('WITH (security_invoker)'), session);
  expect(closed.rows).toEqual([{ title: 'mine' }]);
});

test('the schema has no view and no materialized view, which would not ask the policies', async () => {
  const { rows } = await db.superuser.query(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
        AND NOT coalesce('security_invoker=true' = ANY (reloptions) OR 'security_invoker=on' = ANY (reloptions), false)`,
  );
  expect(rows).toEqual([]);
});
