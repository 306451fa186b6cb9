import { randomUUID } from 'node:crypto';

import { ask, readerOf, SECRET, useTwoOrganizations } from './two-organizations';

const db = useTwoOrganizations('tenants functions');

/** Shaped like an audit row, so that our triggers run on it. */
const SHAPED = `CREATE TEMP TABLE shaped (
  workflow_id uuid, id uuid, organization_id uuid, sequence int, request_id text, previous_state workflow_state,
  new_state workflow_state, state workflow_state, transition_reason text, actor text, metadata jsonb,
  transitioned_at timestamptz, created_at timestamptz, hash text, audit_hash text, ended_at timestamptz,
  graph_name text, graph_version int, title text, created_by text, run_id text)`;

test.each([
  ['intent_check_audit_row', `is at sequence 3`],
  ['intent_check_state_move', `moves only by an audit row`],
  ['intent_check_creation_row', undefined],
  ['intent_check_new_intent', undefined],
  ['intent_move_state', undefined],
])('the trigger function %s, which runs as the owner, serves no table of a reader', async (name, told) => {
  const attach = `${SHAPED};
    CREATE TRIGGER attached BEFORE INSERT OR UPDATE ON shaped FOR EACH ROW EXECUTE FUNCTION ${name}();`;
  const probe = `INSERT INTO shaped (workflow_id, sequence) VALUES ('${db.theirIntent}', 9)`;

  const open = `GRANT EXECUTE ON FUNCTION ${name}() TO intent_reader; SET LOCAL ROLE intent_reader; ${attach}`;
  expect((await ask(db.superuser, open)).refused).toBeUndefined();
  if (told?.startsWith('is at') === true) {
    expect((await ask(db.superuser, `${open} ${probe}`)).text).toContain(told);
  }

  const closed = await ask(db.reader, `${attach} ${probe}`, readerOf(db.mine));
  expect([closed.refused, closed.text]).toEqual(['42501', expect.stringContaining(`function ${name}`)]);
});

test('no trigger function serves anybody, whether it runs as the owner or not', async () => {
  const { rows } = await db.superuser.query<{ name: string }>(
    `SELECT proname AS name FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype ORDER BY 1`,
  );
  expect(rows.length).toBeGreaterThan(6);
  for (const { name } of rows) {
    const attach = `CREATE TEMP TABLE t (id int);
      CREATE TRIGGER attached AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`;
    expect([name, (await ask(db.reader, attach)).refused]).toEqual([name, '42501']);
    expect([name, (await ask(db.engine, attach)).refused]).toEqual([name, '42501']);
  }
});

test('a reader may call what computes, and nothing that reads or writes for it', async () => {
  const { rows } = await db.reader.query<{ name: string }>(
    `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND has_function_privilege(oid, 'EXECUTE') ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'intent_approval_rule',
    'intent_audit_canonical',
    'intent_audit_hash',
    'intent_begins_stay',
    'intent_current_organization',
    'intent_move_problem',
    'intent_personal_digest',
  ]);
});

test('the functions of the engine are refused alike for an intent that exists and one that does not', async () => {
  for (const [sql, args] of [
    ['intent_record_outcomes', (id: string) => `'${id}', '${db.theirs}', '[]'`],
    [
      'intent_create',
      (id: string) => `'${id}', '${db.theirs}', 'r', 'content-intent', 1, NULL, NULL, NULL, now()`,
    ],
  ] as const) {
    const told = async (id: string) => {
      const { refused, text } = await ask(db.reader, `SELECT ${sql}(${args(id)})`, readerOf(db.mine));
      return [refused, text.replaceAll(id, 'ID')];
    };
    const existing = await told(db.theirIntent);
    expect(existing[0]).toBe('42501');
    expect(await told(randomUUID())).toEqual(existing);
  }
  const engine = await ask(
    db.engine,
    `SELECT intent_record_outcomes('${randomUUID()}', '${db.theirs}', '[]')`,
  );
  expect(engine.refused).toBe('IE002');
});

test('the hash of a row that a reader made up tells nothing that is stored', async () => {
  const made = `jsonb_populate_record(NULL::workflow_transition_audit, '{"workflow_id": "${db.theirIntent}", "sequence": 2}')`;
  const { text, refused } = await ask(
    db.reader,
    `SELECT intent_audit_canonical(${made}), intent_audit_hash(NULL, ${made})`,
    readerOf(db.mine),
  );
  expect([refused, text]).toEqual([undefined, expect.not.stringContaining(SECRET)]);
  const { rows } = await db.superuser.query<{ hash: string }>('SELECT hash FROM workflow_transition_audit');
  for (const { hash } of rows) expect(text).not.toContain(hash);
});
