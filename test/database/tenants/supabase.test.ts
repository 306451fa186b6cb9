import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { insertOutcomes } from '../../../src/database/insert-outcomes';
import { pendingMigrations } from '../../../src/database/pending-migrations';
import { applied, createdIntent, TO_PENDING, TO_PROCESSING } from '../use-database';
import { useSupabaseDatabase } from './supabase-database';
import { ask, BY_ORGANIZATION, fill, fillRecords, SECRET, type Session } from './two-organizations';

const db = useSupabaseDatabase();

const [mine, theirs, myIntent, theirIntent] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const WEB_ROLES = ['anon', 'authenticated', 'service_role'];

/** A request as PostgREST makes it: in one transaction, the claims of the token and its role. */
const as = (role: string, claims: object = {}): Session => ({
  role,
  settings: { 'request.jwt.claims': JSON.stringify({ sub: randomUUID(), role, ...claims }) },
});
const member = (organizationId: string) =>
  as('authenticated', { app_metadata: { provider: 'email', organization_id: organizationId } });

const TABLES_SQL = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`;
const tables = async () =>
  (await db.superuser.query<{ name: string }>(TABLES_SQL)).rows.map(({ name }) => name);

/** Who but the owner may anything on an object in the schema, our two roles left out. */
const OPEN = `
  SELECT o.name, coalesce(a.grantee::regrole::text, '') AS grantee, string_agg(a.privilege_type, ', ') AS privileges
    FROM (
      SELECT relname::text AS name, relowner AS owner, relacl AS acl FROM pg_class WHERE relnamespace = 'public'::regnamespace
       UNION ALL
      SELECT c.relname || '.' || t.attname, c.relowner, t.attacl
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace
       UNION ALL
      SELECT oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) o, aclexplode(o.acl) a
   WHERE a.grantee NOT IN (o.owner, 'intent_engine'::regrole, 'intent_reader'::regrole, 'intent_gateway'::regrole)
   GROUP BY 1, 2 ORDER BY 1, 2`;

beforeAll(async () => {
  await fill(db.engine, mine, myIntent, 'mine');
  await fill(db.engine, theirs, theirIntent, SECRET);
  await fillRecords(db, mine, 'mine');
  await fillRecords(db, theirs, SECRET);
});

test('whatever is made in public is open to the web roles there, so this is laid out like Supabase', async () => {
  const client = await db.owner.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `CREATE TABLE open (id int GENERATED ALWAYS AS IDENTITY);
       CREATE FUNCTION open() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    );
    const { rows } = await client.query<{ name: string; grantee: string }>(OPEN);
    const opened = (name: string) => rows.filter((row) => row.name === name).map(({ grantee }) => grantee);
    expect(opened('open')).toEqual(WEB_ROLES);
    expect(opened('open_id_seq')).toEqual(WEB_ROLES);
    expect(opened('open()')).toEqual(['-', ...WEB_ROLES]);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test('nobody but the owner, intent_engine, intent_reader and intent_gateway has any privilege on anything of ours', async () => {
  const { rows } = await db.superuser.query(OPEN);
  expect(rows).toEqual([]);
});

test('the owner is no superuser, and reads its own tables', async () => {
  const { rows } = await db.owner.query(`SELECT rolsuper FROM pg_roles WHERE rolname = session_user`);
  expect(rows).toEqual([{ rolsuper: false }]);
  expect((await db.owner.query('SELECT FROM intent_workflows')).rowCount).toBe(18);
});

test('the engine works there: it creates intents, records transitions, and finds every migration', async () => {
  const intent = await createdIntent(db.engine, { organizationId: randomUUID() });
  await insertOutcomes(db.engine, intent, [applied(2, TO_PENDING)]);
  await expect(insertOutcomes(db.engine, intent, [applied(3, TO_PROCESSING)])).resolves.toMatchObject([
    { sequence: 3 },
  ]);
  const { rows } = await db.engine.query('SELECT state, sequence FROM intent_workflows WHERE id = $1', [
    intent.id,
  ]);
  expect(rows).toEqual([{ state: 'ICP_PROCESSING', sequence: 3 }]);
  await expect(pendingMigrations(db.engine)).resolves.toEqual([]);
});

/** What a request may try on each table. */
const ON_TABLES: Record<string, (table: string) => string> = {
  SELECT: (table) => `SELECT 1 FROM ${table}`,
  COUNT: (table) => `SELECT count(*) FROM ${table}`,
  INSERT: (table) => `INSERT INTO ${table} DEFAULT VALUES`,
  DELETE: (table) => `DELETE FROM ${table}`,
  TRUNCATE: (table) => `TRUNCATE ${table} CASCADE`,
};

/** What a role gets for each of these on each table: SQLSTATEs. */
async function refusals(session: Session, attempts: string[]): Promise<Set<string | undefined>> {
  const told = new Set<string | undefined>();
  for (const table of await tables()) {
    for (const attempt of attempts) {
      const sql = ON_TABLES[attempt]?.(table) ?? '';
      told.add((await ask(db.authenticator, sql, session)).refused);
    }
  }
  return told;
}

const callable = async (role: string) => {
  const { rows } = await db.superuser.query<{ name: string }>(
    `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND has_function_privilege($1, oid, 'EXECUTE') ORDER BY 1`,
    [role],
  );
  return rows.map(({ name }) => name);
};

const NEXTVAL = `SELECT nextval('pgmigrations_id_seq')`;
const CREATE = `SELECT intent_create(gen_random_uuid(), '${mine}', 'r', 'content-intent', 1, NULL, NULL, NULL, now())`;

describe.each(WEB_ROLES)('%s, as long as nothing is granted,', (role) => {
  const session = as(role, { app_metadata: { organization_id: mine } });

  test('reads, writes and truncates nothing', async () => {
    expect((await tables()).length).toBeGreaterThan(8);
    await expect(refusals(session, Object.keys(ON_TABLES))).resolves.toEqual(new Set(['42501']));
    expect((await ask(db.authenticator, NEXTVAL, session)).refused).toBe('42501');
  });

  test('calls no function', async () => {
    await expect(callable(role)).resolves.toEqual([]);
    expect((await ask(db.authenticator, CREATE, session)).refused).toBe('42501');
  });
});

const GUIDE = readFileSync(join(__dirname, '../../../docs/guides/supabase.md'), 'utf8');
const BLOCKS = [...GUIDE.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql = '']) => sql);
const EXAMPLE = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';
const USER = 'ada@example.com';

describe('once the guide is followed,', () => {
  beforeAll(async () => {
    await db.superuser.query(`INSERT INTO auth.users (email) VALUES ($1)`, [USER]);
    // The password of the test server's engine is not dots.
    const run = BLOCKS.filter((sql) => !sql.includes('PASSWORD'));
    expect([BLOCKS.length, run.length]).toEqual([6, 5]);
    for (const sql of run) await db.owner.query(sql);
  });

  test.each(BY_ORGANIZATION)('a member reads in %s exactly the rows of its organization', async (table) => {
    const sql = `SELECT row_to_json(t) AS row FROM ${table} t ORDER BY t::text`;
    const all = await ask(db.superuser, sql);
    const of = async (session: Session) => (await ask(db.authenticator, sql, session)).rows;
    for (const [organization, own] of [
      [mine, 'mine'],
      [theirs, SECRET],
    ] as const) {
      const expected = all.rows.filter(
        ({ row }) => (row as { organization_id: string }).organization_id === organization,
      );
      expect(expected.length).toBeGreaterThan(0);
      expect(JSON.stringify(expected)).toContain(own);
      expect(await of(member(organization))).toEqual(expected);
      expect(await of(as('authenticated', { organization_id: organization }))).toEqual(expected);
    }
  });

  test.each([
    ['a user without an organization', {}],
    ['a user who wrote one into user_metadata', { user_metadata: { organization_id: theirs } }],
    ['a user of an organization that has nothing', { app_metadata: { organization_id: randomUUID() } }],
    ['a user whose app_metadata has another name for it', { app_metadata: { organizationId: theirs } }],
  ])('%s reads nothing', async (_name, claims) => {
    for (const table of BY_ORGANIZATION) {
      const { rows, refused } = await ask(
        db.authenticator,
        `SELECT 1 FROM ${table}`,
        as('authenticated', claims),
      );
      expect([table, refused, rows]).toEqual([table, undefined, []]);
    }
  });

  test('a member writes nothing, locks nothing, and calls only what computes', async () => {
    await expect(refusals(member(mine), ['INSERT', 'DELETE', 'TRUNCATE'])).resolves.toEqual(
      new Set(['42501']),
    );
    for (const sql of [
      NEXTVAL,
      CREATE,
      'SELECT 1 FROM intent_workflows FOR SHARE',
      'SELECT ctid FROM intent_workflows',
    ]) {
      expect([sql, (await ask(db.authenticator, sql, member(mine))).refused]).toEqual([sql, '42501']);
    }
    await expect(callable('authenticated')).resolves.toEqual([
      'intent_approval_rule',
      'intent_audit_canonical',
      'intent_audit_hash',
      'intent_begins_stay',
      'intent_current_organization',
      'intent_move_problem',
      'intent_personal_digest',
    ]);
  });

  test('the organization of a request is what auth.jwt() has in app_metadata', async () => {
    const sql = `SELECT auth.jwt() -> 'app_metadata' ->> 'organization_id' = intent_current_organization()::text AS same,
                        auth.role() AS role, auth.uid() IS NOT NULL AS user`;
    expect((await ask(db.authenticator, sql, member(mine))).rows).toEqual([
      { same: true, role: 'authenticated', user: true },
    ]);
  });

  test('anon still reads nothing, writes nothing and calls nothing', async () => {
    const session = as('anon', { app_metadata: { organization_id: mine } });
    await expect(refusals(session, Object.keys(ON_TABLES))).resolves.toEqual(new Set(['42501']));
    await expect(callable('anon')).resolves.toEqual([]);
  });

  test('service_role reads every organization', async () => {
    for (const table of BY_ORGANIZATION) {
      const sql = `SELECT DISTINCT organization_id FROM ${table}`;
      const { rows } = await ask(db.authenticator, sql, as('service_role'));
      const seen = rows.map(({ organization_id }) => organization_id);
      expect([table, seen]).toEqual([table, expect.arrayContaining([mine, theirs])]);
    }
  });

  test('service_role writes nothing, and what is recorded stays even if everything is granted to it', async () => {
    await expect(refusals(as('service_role'), ['INSERT', 'DELETE', 'TRUNCATE'])).resolves.toEqual(
      new Set(['42501']),
    );

    const granted = `GRANT ALL ON ALL TABLES IN SCHEMA public TO service_role; SET LOCAL ROLE service_role;`;
    for (const sql of [
      `UPDATE intent_workflows SET state = 'COMPLETED'`,
      `UPDATE workflow_transition_audit SET actor = 'nobody'`,
      `DELETE FROM workflow_transition_audit`,
      `DELETE FROM workflow_transition_rejections`,
      `DELETE FROM intent_workflows`,
      `TRUNCATE intent_workflows CASCADE`,
      `TRUNCATE workflow_transition_audit`,
      `TRUNCATE workflow_transition_conflicts`,
      `UPDATE workflow_graphs SET definition = '{}'`,
    ]) {
      expect([sql, (await ask(db.owner, `${granted} ${sql}`)).refused]).toEqual([sql, 'IE004']);
    }
    const forged = `INSERT INTO workflow_transition_audit
        (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
      VALUES ('${myIntent}', '${mine}', 4, 'forged', 'ICP_PROCESSING', 'COMPLETED', now())`;
    expect((await ask(db.owner, `${granted} ${forged}`)).refused).toBe('IE003');
  });

  test('a view of the owner is open to anon and asks no policy, unless it is made as the guide says', async () => {
    const view = (options: string) =>
      `CREATE VIEW titles ${options} AS SELECT DISTINCT title FROM intent_workflows WHERE title IS NOT NULL`;
    const through = (options: string, role: string) =>
      ask(db.owner, `${view(options)}; SET LOCAL ROLE ${role}; SELECT title FROM titles ORDER BY 1`, {
        settings: member(mine).settings ?? {},
      });
    expect((await through('', 'anon')).text).toContain(SECRET);
    const made = 'WITH (security_invoker = true)';
    expect((await through(made, 'anon')).refused).toBe('42501');
    expect((await through(made, 'authenticated')).rows).toEqual([{ title: 'mine' }]);
    expect(GUIDE).toContain(made);
  });

  test('its check of who may what returns no row, unless something was granted', async () => {
    const check = BLOCKS.find((sql) => sql.includes('aclexplode')) ?? '';
    expect((await ask(db.owner, check)).rows).toEqual([]);
    for (const grant of ['SELECT ON intent_workflows', 'EXECUTE ON FUNCTION intent_current_organization()']) {
      expect((await ask(db.owner, `GRANT ${grant} TO anon; ${check}`)).rows).toEqual([
        expect.objectContaining({ grantee: 'anon' }),
      ]);
    }
  });

  test('its trial as a member shows that organization alone', async () => {
    const trial = BLOCKS.find((sql) => sql.includes('SET LOCAL ROLE authenticated')) ?? '';
    const [, , , counted] = (await db.owner.query(trial.replace(EXAMPLE, mine))) as unknown as {
      rows: unknown[];
    }[];
    expect(counted?.rows).toEqual([{ organization_id: mine, count: '9' }]);
  });

  test('the user whom it gives an organization has it where the token takes it from', async () => {
    const { rows } = await db.superuser.query(
      `SELECT raw_app_meta_data ->> 'organization_id' AS organization, raw_user_meta_data FROM auth.users WHERE email = $1`,
      [USER],
    );
    expect(rows).toEqual([
      { organization: '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001', raw_user_meta_data: null },
    ]);
  });
});
