import { randomUUID } from 'node:crypto';

import { insertOutcomes } from '../../../src/database/insert-outcomes';
import { applied, createdIntent, TO_PENDING } from '../use-database';
import { ask, BY_ORGANIZATION, readerOf, SECRET, useLogin, useTwoOrganizations } from './two-organizations';

const db = useTwoOrganizations('tenants infer');

beforeAll(async () => {
  // Enough of the other organization that samples would have it among the most common values.
  for (const organizationId of [db.theirs, db.mine]) {
    await db.engine.query(
      `SELECT intent_create(gen_random_uuid(), $1, 'r', 'content-intent', 1, $2, NULL, $2, now())
         FROM generate_series(1, $3)`,
      [organizationId, organizationId === db.mine ? 'mine' : SECRET, organizationId === db.mine ? 20 : 3000],
    );
  }
  await db.superuser.query('ANALYZE');
});

const SYSTEM_COLUMNS = ['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'];

test.each(BY_ORGANIZATION)(
  'the system columns of %s, which number the rows of all, are closed',
  async (table) => {
    for (const column of SYSTEM_COLUMNS) {
      for (const sql of [
        `SELECT ${column} FROM ${table}`,
        `SELECT count(${column}) FROM ${table}`,
        `SELECT 1 FROM ${table} WHERE ${column} IS NOT NULL`,
        `SELECT 1 FROM ${table} ORDER BY ${column}::text`,
      ]) {
        expect([sql, (await ask(db.engine, sql)).refused]).toEqual([sql, undefined]);
        expect([sql, (await ask(db.reader, sql, readerOf(db.mine))).refused]).toEqual([sql, '42501']);
      }
    }
    const tid = `SELECT 1 FROM ${table} WHERE ctid = '(0,1)'`;
    expect((await ask(db.reader, tid, readerOf(db.mine))).refused).toBe('42501');
  },
);

/** They run through tables that a reader sees nothing of. */
const HIDDEN_NUMBERS = [
  'pgmigrations_id_seq',
  'intent_api_key_events_number_seq',
  'intent_event_outbox_number_seq',
  'intent_worker_starts_number_seq',
];

test('no number runs through the rows of all organizations', async () => {
  const { rows } = await db.superuser.query(
    `SELECT c.relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
        AND relname <> ALL ($1)`,
    [HIDDEN_NUMBERS],
  );
  expect(rows).toEqual([]);
  for (const sequence of HIDDEN_NUMBERS) {
    expect((await ask(db.reader, `SELECT last_value FROM ${sequence}`)).refused).toBe('42501');
    expect((await ask(db.reader, `SELECT nextval('${sequence}')`)).refused).toBe('42501');
  }
});

test('samples of the rows of all organizations are closed', async () => {
  const samples = `SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = 'public'
                      AND tablename = ANY ('{${BY_ORGANIZATION.join()}}')`;
  expect((await ask(db.superuser, samples)).rows.length).toBeGreaterThan(10);
  expect((await ask(db.reader, samples, readerOf(db.mine))).rows).toEqual([]);
  expect((await ask(db.reader, 'SELECT stxkeys FROM pg_stats_ext, pg_statistic_ext')).rows).toEqual([]);
  expect((await ask(db.reader, 'SELECT * FROM pg_statistic')).refused).toBe('42501');
  expect((await ask(db.reader, 'SELECT * FROM pg_statistic_ext_data')).refused).toBe('42501');
});

/** Columns whose values must not be asked for through the planner's estimates. */
const NOT_SAMPLED: Record<string, string[]> = {
  intent_workflows: ['organization_id', 'title', 'metadata', 'created_by', 'run_id'],
  workflow_transition_audit: ['organization_id', 'request_id', 'transition_reason', 'actor', 'metadata'],
  workflow_transition_conflicts: ['organization_id', 'attempted', 'stored', 'message'],
  workflow_transition_rejections: [
    'organization_id',
    'request_id',
    'message',
    'requested_state',
    'transition_reason',
    'actor',
  ],
  workflow_transition_votes: [
    'organization_id',
    'request_id',
    'role',
    'actor',
    'on_behalf_of',
    'reason',
    'metadata',
  ],
};

test.each(Object.entries(NOT_SAMPLED))(
  'of %s no column that names or tells is sampled',
  async (table, columns) => {
    const { rows } = await db.superuser.query<{ column: string }>(
      `SELECT attname AS column FROM pg_attribute a
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT EXISTS (
        SELECT FROM pg_statistic s WHERE s.starelid = a.attrelid AND s.staattnum = a.attnum)`,
      [table],
    );
    expect(rows.map(({ column }) => column).sort()).toEqual(expect.arrayContaining([...columns].sort()));
  },
);

test.each([
  ['organization_id', () => db.theirs, () => randomUUID()],
  ['title', () => SECRET, () => 'nobody has it'],
  ['created_by', () => SECRET, () => 'nobody has it'],
])(
  'EXPLAIN estimates as many rows for a %s of others as for one that nobody has',
  async (column, known, unknown) => {
    const estimate = async (value: string, before = '') => {
      const sql = `${before} EXPLAIN SELECT 1 FROM intent_workflows WHERE ${column} = '${value}'`;
      const { rows } = await ask(before === '' ? db.reader : db.superuser, sql, readerOf(db.mine));
      return JSON.stringify(rows).replaceAll(value, 'VALUE');
    };
    expect(await estimate(known())).toBe(await estimate(unknown()));

    const sampled = `ALTER TABLE intent_workflows ALTER ${column} SET STATISTICS 100; ANALYZE intent_workflows;
                   SET LOCAL ROLE intent_reader;`;
    expect(await estimate(known(), sampled)).not.toBe(await estimate(unknown(), sampled));
  },
);

test('the planner shows its samples to no operator that tells', async () => {
  const sql = `
    CREATE FUNCTION pg_temp.peek(a uuid, b uuid) RETURNS boolean LANGUAGE plpgsql
      AS $$ BEGIN RAISE NOTICE 'saw %', a; RETURN false; END $$;
    CREATE OPERATOR pg_temp.<<~ (FUNCTION = pg_temp.peek, LEFTARG = uuid, RIGHTARG = uuid, RESTRICT = eqsel);
    EXPLAIN SELECT 1 FROM workflow_transition_audit WHERE workflow_id OPERATOR(pg_temp.<<~) '${randomUUID()}'`;
  expect((await ask(db.superuser, sql)).text).toContain(db.theirIntent);
  const own = await ask(db.reader, sql, readerOf(db.mine));
  expect([own.refused, own.text]).toEqual([undefined, expect.not.stringContaining('saw')]);
});

// A vacuum between two measurements changes the plan, whoever wrote.
beforeAll(() => db.superuser.query('ALTER TABLE intent_workflows SET (autovacuum_enabled = false)'));

/** The plan with what it really did, but times. */
async function work(pool: typeof db.reader, sql: string): Promise<string> {
  const explain = 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF, FORMAT JSON)';
  const { rows, refused } = await ask(pool, `${explain} ${sql}`, readerOf(db.mine));
  expect(refused).toBeUndefined();
  // Depends on when the table was last vacuumed.
  return JSON.stringify(rows).replaceAll(/"Heap Fetches":\d+/g, '"Heap Fetches":0');
}

test('an intent of others takes the same work to look up by its id as one that does not exist', async () => {
  const lookup = async (pool: typeof db.reader, id: string) =>
    (await work(pool, `SELECT * FROM intent_workflows WHERE id = '${id}'`)).replaceAll(id, 'ID');
  const absent = randomUUID();
  expect(await lookup(db.engine, db.theirIntent)).not.toBe(await lookup(db.engine, absent));
  expect(await lookup(db.reader, db.theirIntent)).toBe(await lookup(db.reader, absent));
  expect(await lookup(db.reader, db.myIntent)).not.toBe(await lookup(db.reader, absent));
});

test.each([
  ['counting intents', 'SELECT count(*) FROM intent_workflows'],
  ['counting intents in a state', `SELECT count(*) FROM intent_workflows WHERE state = 'CREATED'`],
])('%s takes the same work however many others have', async (_name, sql) => {
  const before = await work(db.reader, sql);
  await createdIntent(db.engine, { organizationId: db.theirs });
  expect(await work(db.reader, sql)).toBe(before);
  await createdIntent(db.engine, { organizationId: db.mine });
  expect(await work(db.reader, sql)).not.toBe(before);
});

describe('what others run', () => {
  const other = useLogin('IN ROLE intent_reader');
  const statements = `SELECT usename::text, query FROM pg_stat_activity WHERE datname = current_database()`;

  test('is hidden from a reader: the statements of the engine, of the owner and of other readers', async () => {
    await other(db.superuser).query(`SELECT '${SECRET}'`);
    await db.owner.query(`SELECT '${SECRET}'`);
    await db.engine.query(`SELECT '${SECRET}'`);
    expect((await ask(db.superuser, statements)).text).toContain(SECRET);

    const { rows, text } = await ask(db.reader, statements);
    expect(text).not.toContain(SECRET);
    const told = (user: string) => [
      ...new Set(rows.filter((row) => row['usename'] === user).map((row) => row['query'])),
    ];
    for (const user of ['intent_engine', 'intent_owner', other.role]) {
      expect([user, told(user)]).toEqual([user, ['<insufficient privilege>']]);
    }
  });

  test('has no values in it, when the engine runs it', async () => {
    const intent = await createdIntent(db.engine, { organizationId: db.theirs, title: 'only-a-value' });
    await insertOutcomes(db.engine, intent, [applied(2, TO_PENDING, { reason: 'only-a-value' })]);
    const { text } = await ask(db.superuser, statements);
    expect(text).toContain('intent_record_outcomes($1, $2, $3)');
    expect(text).not.toContain('only-a-value');
    expect(text).not.toContain(intent.id);
  });
});
