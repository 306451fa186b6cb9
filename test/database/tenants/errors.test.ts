import { randomUUID } from 'node:crypto';

import { ask, readerOf, SECRET, useTwoOrganizations } from './two-organizations';

const db = useTwoOrganizations('tenants errors');

/** A function that is as cheap as can be, so that the planner would like to ask it first, and that tells. */
const PEEK = `CREATE FUNCTION pg_temp.peek(seen text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
  AS $$ BEGIN RAISE NOTICE 'saw %', seen; RETURN true; END $$;`;
/** The same as an operator. */
const OPERATOR = `${PEEK}
  CREATE FUNCTION pg_temp.peek2(a text, b text) RETURNS boolean LANGUAGE sql AS $$ SELECT pg_temp.peek(a) $$;
  CREATE OPERATOR pg_temp.<<~ (FUNCTION = pg_temp.peek2, LEFTARG = text, RIGHTARG = text);`;
const unlessMine = (expression: string) =>
  `CASE WHEN title = 'mine' THEN true ELSE ${expression} IS NULL END`;

/** Conditions that tell what they see, by a notice or an error. */
const LEAKY: Record<string, string> = {
  'a notice': `${PEEK} SELECT title FROM intent_workflows WHERE pg_temp.peek(title)`,
  'a notice on a key': `${PEEK} SELECT title FROM intent_workflows WHERE pg_temp.peek(title) AND id IS NOT NULL`,
  'a notice in a join': `${PEEK} SELECT title FROM (VALUES (1)) v JOIN intent_workflows ON pg_temp.peek(title)`,
  'a notice in an aggregate': `${PEEK} SELECT count(*) FILTER (WHERE pg_temp.peek(title)) FROM intent_workflows`,
  'a notice in a semi-join': `${PEEK} SELECT 1 WHERE NOT EXISTS (SELECT FROM intent_workflows WHERE NOT pg_temp.peek(title))`,
  'a notice of a whole row': `${PEEK} SELECT 1 FROM workflow_transition_audit a WHERE pg_temp.peek(a::text)`,
  'a notice of evidence': `${PEEK} SELECT 1 FROM workflow_transition_conflicts WHERE pg_temp.peek(stored::text)`,
  'a notice of a rejection': `${PEEK} SELECT 1 FROM workflow_transition_rejections WHERE pg_temp.peek(message)`,
  'a notice by an operator': `${OPERATOR} SELECT title FROM intent_workflows WHERE title OPERATOR(pg_temp.<<~) 'x'`,
  'a failing cast to a number': `SELECT title FROM intent_workflows WHERE ${unlessMine('title::int')}`,
  'a failing cast to a UUID': `SELECT title FROM intent_workflows WHERE ${unlessMine('title::uuid')}`,
  'a failing cast to JSON': `SELECT title FROM intent_workflows WHERE ${unlessMine('title::jsonb')}`,
  'a failing cast to a time': `SELECT title FROM intent_workflows WHERE ${unlessMine('title::timestamptz')}`,
  'a failing cast to a table': `SELECT title FROM intent_workflows WHERE ${unlessMine('title::regclass')}`,
  'a failing cast to a state': `SELECT title FROM intent_workflows WHERE ${unlessMine('title::workflow_state')}`,
};

test.each(Object.entries(LEAKY))(
  '%s tells a reader nothing of rows that it may not see',
  async (_name, sql) => {
    expect((await ask(db.engine, sql)).text).toContain(SECRET);
    const own = await ask(db.reader, sql, readerOf(db.mine));
    expect([own.refused, own.text]).toEqual([undefined, expect.not.stringContaining(SECRET)]);
  },
);

test('a division by zero answers no question about rows that a reader may not see', async () => {
  for (const [table, column] of [
    ['intent_workflows', 'title'],
    ['workflow_transition_audit', 'actor'],
    ['workflow_transition_rejections', 'message'],
    ['workflow_transition_conflicts', 'message'],
  ]) {
    const sql = `SELECT 1 FROM ${table} WHERE 1 / (CASE WHEN ${column} = '${SECRET}' THEN 0 ELSE 1 END) = 1`;
    expect((await ask(db.engine, sql)).refused).toBe('22012');
    expect((await ask(db.reader, sql, readerOf(db.mine))).refused).toBeUndefined();
  }
});

describe('foreign keys', () => {
  /** In a session that may create tables in a schema of its own, which is more than the reader may. */
  const reference = (granted: string, id: string) =>
    `CREATE SCHEMA own AUTHORIZATION intent_reader; ${granted} SET LOCAL ROLE intent_reader;
     CREATE TABLE own.probe (id uuid REFERENCES public.intent_workflows (id)); INSERT INTO own.probe VALUES ('${id}')`;

  test('would tell whether an id exists, so a reader may not refer to our tables', async () => {
    const granted = 'GRANT REFERENCES ON intent_workflows TO intent_reader;';
    expect((await ask(db.superuser, reference(granted, db.theirIntent))).refused).toBeUndefined();
    expect((await ask(db.superuser, reference(granted, randomUUID()))).refused).toBe('23503');
    for (const id of [db.theirIntent, randomUUID()]) {
      expect((await ask(db.superuser, reference('', id))).refused).toBe('42501');
    }
  });

  test('no table can be made to refer to ours from a session, and none to be made in public', async () => {
    const temporary = `CREATE TEMP TABLE probe (id uuid REFERENCES intent_workflows)`;
    expect((await ask(db.reader, temporary)).refused).toMatch(/42501|42P16/);
    expect((await ask(db.reader, 'CREATE TABLE public.probe (id uuid)')).refused).toBe('42501');
  });
});

test.each([
  [
    'intent_workflows',
    (id: string) =>
      `(id, organization_id, state, graph_name, graph_version, run_id) VALUES ('${id}', '${id}', 'CREATED', 'content-intent', 1, 'r')`,
  ],
  [
    'workflow_transition_audit',
    (id: string) =>
      `(workflow_id, organization_id, sequence, request_id, new_state, transitioned_at) VALUES ('${id}', '${id}', 1, 'creation', 'CREATED', now())`,
  ],
  [
    'workflow_transition_rejections',
    (id: string) =>
      `(workflow_id, organization_id, number, request_id, code, message, state, rejected_at) VALUES ('${id}', '${id}', 1, 'r', 'X', 'no', 'CREATED', now())`,
  ],
])('an insert into %s is refused in the same words, whether its key is taken or not', async (table, row) => {
  const told = async (id: string) => {
    const answers = await Promise.all(
      ['', ' ON CONFLICT DO NOTHING'].map((end) =>
        ask(db.reader, `INSERT INTO ${table} ${row(id)}${end}`, readerOf(db.mine)),
      ),
    );
    return answers.map(({ refused, text }) => [refused, text.replaceAll(id, 'ID')]);
  };
  const taken = await told(db.theirIntent);
  expect(taken[0]?.[0]).toBe('42501');
  expect(await told(randomUUID())).toEqual(taken);
});
