import { randomUUID } from 'node:crypto';

import { ask, BY_ORGANIZATION, SECRET, useLogin, useTwoOrganizations } from './two-organizations';

const db = useTwoOrganizations('tenants session');

type Organizations = 'mine' | 'theirs' | 'none';

const seenIn = (rows: Record<string, unknown>[]): Organizations | 'both' => {
  const ids = rows.map(({ organization_id }) => organization_id);
  if (ids.length > 1) return 'both';
  return ids.length === 0 ? 'none' : ids[0] === db.mine ? 'mine' : 'theirs';
};

const DISTINCT = 'SELECT DISTINCT organization_id FROM';

/** Which organizations a session sees; the same in every table. */
async function seen(pool: typeof db.reader, settings: Record<string, string>, before = ''): Promise<string> {
  const answers = await Promise.all(
    BY_ORGANIZATION.map(async (table) => {
      const { rows, refused } = await ask(pool, `${before} ${DISTINCT} ${table}`, { settings });
      return refused ?? seenIn(rows);
    }),
  );
  const [first = 'nothing', ...others] = answers;
  expect(others).toEqual(others.map(() => first));
  return first;
}

const MINE = '$mine';
const THEIRS = '$theirs';
/** The ids are known only when the tests run. */
const filled = (text: string) => text.replaceAll(MINE, db.mine).replaceAll(THEIRS, db.theirs);

const claims = (value: unknown) => ({ 'request.jwt.claims': JSON.stringify(value) });
const setting = (value: string) => ({ 'intent.organization_id': value });

const INVALID = '22P02';
const SESSIONS: [string, Record<string, string>, string][] = [
  ['a setting', setting(MINE), 'mine'],
  ['a claim at the top of the token', claims({ organization_id: MINE }), 'mine'],
  [
    'a claim in app_metadata, where only the server writes',
    claims({ app_metadata: { organization_id: MINE } }),
    'mine',
  ],
  [
    'a claim at the top before one in app_metadata',
    claims({ organization_id: MINE, app_metadata: { organization_id: THEIRS } }),
    'mine',
  ],
  [
    'an empty claim at the top and one in app_metadata',
    claims({ organization_id: '', app_metadata: { organization_id: MINE } }),
    'mine',
  ],
  ['an id in capitals', setting('$MINE'), 'mine'],
  ['a setting and a token that agree', { ...setting(MINE), ...claims({ organization_id: MINE }) }, 'mine'],
  [
    'a setting that contradicts the token',
    { ...setting(THEIRS), ...claims({ organization_id: MINE }) },
    'none',
  ],
  [
    'a setting that contradicts app_metadata',
    { ...setting(THEIRS), ...claims({ app_metadata: { organization_id: MINE } }) },
    'none',
  ],
  [
    'a claim in user_metadata, where users write',
    claims({ user_metadata: { organization_id: THEIRS } }),
    'none',
  ],
  [
    'user_metadata beside app_metadata',
    claims({ app_metadata: { organization_id: MINE }, user_metadata: { organization_id: THEIRS } }),
    'mine',
  ],
  ['raw_user_meta_data', claims({ raw_user_meta_data: { organization_id: THEIRS } }), 'none'],
  ['a claim that is nested elsewhere', claims({ claims: { organization_id: THEIRS } }), 'none'],
  ['an id that is one digit off', setting('$ONEOFF'), 'none'],
  ['an organization that is not there', claims({ organization_id: randomUUID() }), 'none'],
  ['an empty token', { 'request.jwt.claims': '' }, 'none'],
  ['a token without claims', claims({}), 'none'],
  ['null for a token', claims(null), 'none'],
  ['null for an organization', claims({ organization_id: null }), 'none'],
  ['app_metadata that is a text', claims({ app_metadata: MINE }), 'none'],
  ['a token that is a list', claims([{ organization_id: MINE }]), 'none'],
  ['the legacy setting of one claim', { 'request.jwt.claim.organization_id': MINE }, 'none'],
  ['a token that is no JSON', { 'request.jwt.claims': 'nonsense' }, INVALID],
  ['a claim that is no UUID', claims({ organization_id: 'all' }), INVALID],
  ['a claim that is a number', claims({ organization_id: 1 }), INVALID],
  ['a claim that is a list of organizations', claims({ organization_id: [MINE, THEIRS] }), INVALID],
  ['a setting that is SQL', setting(`' OR true --`), INVALID],
  ['a setting that is a pattern', setting('%'), INVALID],
];

test.each(SESSIONS)('%s', async (_name, settings, expected) => {
  const given = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      filled(
        value
          .replace('$MINE', db.mine.toUpperCase())
          .replace('$ONEOFF', `${db.mine.slice(0, -1)}${db.mine.endsWith('0') ? '1' : '0'}`),
      ),
    ]),
  );
  expect(await seen(db.reader, given)).toBe(expected);
});

test('an error about a token quotes that token and nothing else', async () => {
  const { text } = await ask(db.reader, `SELECT * FROM intent_workflows`, {
    settings: claims({ organization_id: 'all' }),
  });
  expect(text).toContain('all');
  expect(text).not.toContain(SECRET);
});

test.each(BY_ORGANIZATION)(
  '%s is asked for its organization once a statement, by an InitPlan',
  async (table) => {
    const { rows } = await ask(db.reader, `EXPLAIN (VERBOSE, FORMAT JSON) SELECT * FROM ${table}`, {
      settings: { 'intent.organization_id': db.mine },
    });
    const plan = JSON.stringify(rows);
    expect(plan.match(/"InitPlan"/g)).toHaveLength(1);
    expect(plan).not.toContain('"SubPlan"');
    expect(plan.match(/intent_current_organization\(\)/g)).toHaveLength(1);
  },
);

describe('a login that is bound to an organization', () => {
  const bound = useLogin('IN ROLE intent_reader');
  const group = useLogin('IN ROLE intent_reader');
  let pool: typeof db.reader;
  beforeAll(async () => {
    pool = bound(db.superuser);
    await db.owner.query('INSERT INTO intent_organization_roles VALUES ($1, $2), ($3, $4)', [
      bound.role,
      db.mine,
      group.role,
      db.theirs,
    ]);
  });

  test.each(SESSIONS.map(([name, settings]) => [name, settings] as const))(
    'reads that one, whatever its session says: %s',
    async (_name, settings) => {
      const given = Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [name, filled(value.replaceAll(MINE, THEIRS))]),
      );
      expect(await seen(pool, given)).toBe('mine');
    },
  );

  test.each([
    ['SET ROLE to the readers', 'SET LOCAL ROLE intent_reader;'],
    ['a role reset', 'SET LOCAL ROLE intent_reader; RESET ROLE;'],
    [
      'a table of that name in front of the search path',
      `CREATE TEMP TABLE intent_organization_roles (role_name name, organization_id uuid);
       INSERT INTO intent_organization_roles VALUES (session_user, '${THEIRS}');
       SET LOCAL search_path = pg_temp, pg_catalog, public;`,
    ],
    [
      'functions of that name in front of the search path',
      `CREATE FUNCTION pg_temp.current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT '${THEIRS}' $$;
       CREATE FUNCTION pg_temp.intent_current_organization() RETURNS uuid LANGUAGE sql AS $$ SELECT '${THEIRS}'::uuid $$;
       SET LOCAL search_path = pg_temp, pg_catalog, public;`,
    ],
  ])('reads that one, also after %s', async (_name, before) => {
    expect(await seen(pool, {}, filled(before))).toBe('mine');
  });

  test('cannot become somebody else, and cannot bind itself anew', async () => {
    for (const sql of [
      `SET SESSION AUTHORIZATION ${group.role}`,
      `SET ROLE ${group.role}`,
      `SET ROLE intent_owner`,
      `GRANT ${group.role} TO ${bound.role}`,
      `ALTER ROLE ${group.role} RENAME TO free`,
      `UPDATE intent_organization_roles SET organization_id = '${db.theirs}'`,
      `DELETE FROM intent_organization_roles`,
      `TRUNCATE intent_organization_roles`,
      `INSERT INTO intent_organization_roles VALUES ('intent_reader', '${db.theirs}')`,
    ]) {
      expect([sql, (await ask(pool, sql)).refused]).toEqual([sql, '42501']);
    }
  });

  test('sees its own binding and no other', async () => {
    const all = 'SELECT role_name, organization_id FROM intent_organization_roles';
    expect((await ask(db.owner, all)).rows).toHaveLength(2);
    expect((await ask(pool, all)).rows).toEqual([{ role_name: bound.role, organization_id: db.mine }]);
    expect((await ask(db.reader, all, { settings: setting(db.theirs) })).rows).toEqual([]);
  });

  test('a role to switch to may be bound as well, and a bound login comes first', async () => {
    const switched = `SET LOCAL ROLE ${group.role};`;
    expect(await seen(db.superuser, setting(db.mine), switched)).toBe('theirs');
    await db.superuser.query(`GRANT ${group.role} TO ${bound.role}`);
    expect(await seen(pool, setting(db.theirs), switched)).toBe('mine');
  });
});

test('a login that is not bound reads what its session names: to hold it to that is the part of the app', async () => {
  expect(await seen(db.reader, setting(db.theirs))).toBe('theirs');
});
