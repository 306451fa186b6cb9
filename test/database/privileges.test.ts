import { useDatabase } from './use-database';

const pools = useDatabase('privileges');

/** Who may what, besides the owner: all of it. */
const ON_TABLES = {
  intent_api_key_events: {},
  intent_api_key_events_number_seq: {},
  intent_api_keys: { intent_gateway: ['SELECT', 'UPDATE'] },
  intent_archive_files: { intent_engine: ['SELECT'] },
  intent_archives: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  intent_erasures: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  intent_event_feeds: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  intent_event_outbox: { intent_engine: ['SELECT'] },
  intent_event_outbox_number_seq: {},
  intent_events: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  intent_verifications: { intent_engine: ['INSERT', 'SELECT'] },
  intent_organization_roles: { intent_reader: ['SELECT'] },
  intent_webhook_dead_letters: {
    intent_engine: ['INSERT', 'SELECT', 'UPDATE'],
    intent_gateway: ['SELECT', 'UPDATE'],
  },
  intent_webhook_secrets: {
    intent_engine: ['SELECT'],
    // All of it but the secret: see test/database/tenants/webhooks.test.ts.
    intent_gateway: ['DELETE', 'INSERT', 'SELECT', 'UPDATE'],
  },
  intent_webhooks: {
    intent_engine: ['SELECT', 'UPDATE'],
    intent_gateway: ['INSERT', 'SELECT', 'UPDATE'],
  },
  intent_worker_starts: { intent_engine: ['DELETE', 'INSERT', 'SELECT'] },
  intent_worker_starts_number_seq: {},
  intent_workflows: { intent_engine: ['INSERT', 'SELECT'], intent_reader: ['SELECT'] },
  pgmigrations: { intent_engine: ['SELECT'], intent_gateway: ['SELECT'] },
  pgmigrations_checksums: {},
  pgmigrations_id_seq: {},
  workflow_graph_edges: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_graph_states: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_graphs: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_audit: { intent_engine: ['INSERT', 'SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_audit_all: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_audit_archive: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_conflicts: { intent_engine: ['INSERT', 'SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_rejections: { intent_engine: ['INSERT', 'SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_rejections_all: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_rejections_archive: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_repairs: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_votes: { intent_engine: ['INSERT', 'SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_votes_all: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
  workflow_transition_votes_archive: { intent_engine: ['SELECT'], intent_reader: ['SELECT'] },
};

/** Those that are not here nobody may call but the owner; triggers fire all the same. */
const ON_FUNCTIONS = {
  intent_approval_rule: { intent_engine: ['EXECUTE'], intent_reader: ['EXECUTE'] },
  intent_audit_canonical: { intent_engine: ['EXECUTE'], intent_reader: ['EXECUTE'] },
  intent_audit_hash: { intent_engine: ['EXECUTE'], intent_reader: ['EXECUTE'] },
  intent_begins_stay: { intent_engine: ['EXECUTE'], intent_reader: ['EXECUTE'] },
  intent_create: { intent_engine: ['EXECUTE'] },
  intent_current_organization: { intent_reader: ['EXECUTE'] },
  intent_find_audit_row: { intent_engine: ['EXECUTE'] },
  intent_move_problem: { intent_engine: ['EXECUTE'], intent_reader: ['EXECUTE'] },
  intent_personal_digest: { intent_engine: ['EXECUTE'], intent_reader: ['EXECUTE'] },
  intent_publish_events: { intent_engine: ['EXECUTE'], intent_gateway: ['EXECUTE'] },
  intent_record_decisions: { intent_engine: ['EXECUTE'] },
  intent_record_outcomes: { intent_engine: ['EXECUTE'] },
  intent_record_vote: { intent_engine: ['EXECUTE'] },
};

/** Run with their owner's rights, so they must not look up names where a caller can put others. */
const SECURITY_DEFINER = [
  'intent_announce',
  'intent_check_archived_row',
  'intent_check_audit_row',
  'intent_check_creation_row',
  'intent_check_ended',
  'intent_check_graph_part',
  'intent_check_new_intent',
  'intent_check_row_change',
  'intent_check_state_move',
  'intent_check_vote',
  'intent_check_votes',
  'intent_move_state',
  'intent_publish_events',
  'intent_skip_archived_rejection',
];

interface Grant {
  object: string;
  grantee: string | null;
  privileges: string[] | null;
}

async function grants(sql: string): Promise<Record<string, Record<string, string[]>>> {
  const { rows } = await pools.superuser.query<Grant>(sql);
  const matrix: Record<string, Record<string, string[]>> = {};
  for (const { object, grantee, privileges } of rows) {
    const granted = (matrix[object] ??= {});
    if (grantee !== null && privileges !== null) granted[grantee] = privileges;
  }
  return matrix;
}

test('tables grant to each role what is written here, and nothing to anybody else', async () => {
  const matrix = await grants(`
    SELECT c.relname::text AS object,
           CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee,
           array_agg(DISTINCT a.privilege_type) FILTER (WHERE a.privilege_type IS NOT NULL) AS privileges
      FROM pg_class c
      LEFT JOIN LATERAL (
        SELECT * FROM aclexplode(c.relacl)
         UNION ALL
        SELECT e.* FROM pg_attribute t, aclexplode(t.attacl) e WHERE t.attrelid = c.oid
      ) a ON a.grantee <> c.relowner
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
     GROUP BY c.relname, a.grantee ORDER BY 1, 2`);
  expect(matrix).toEqual(ON_TABLES);
});

test('the reader may read every column of its tables, and no system column', async () => {
  const { rows } = await pools.superuser.query<{ name: string; system: boolean }>(
    `SELECT c.relname || '.' || t.attname AS name, t.attnum < 0 AS system
       FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
        AND has_any_column_privilege('intent_reader', c.oid, 'SELECT')
        AND has_column_privilege('intent_reader', c.oid, t.attnum, 'SELECT') = (t.attnum < 0)`,
  );
  expect(rows).toEqual([]);
});

test('functions may be called by whom it is written here, and by nobody else', async () => {
  const matrix = await grants(`
    SELECT p.proname::text AS object,
           CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee,
           array_agg(a.privilege_type) AS privileges
      FROM pg_proc p
      JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a ON a.grantee <> p.proowner
     WHERE p.pronamespace = 'public'::regnamespace
     GROUP BY p.proname, a.grantee ORDER BY 1`);
  expect(matrix).toEqual(ON_FUNCTIONS);
});

test('functions that run with their owner rights have a fixed search path, and all but one are triggers', async () => {
  const { rows } = await pools.superuser.query<{ name: string; trigger: boolean; settings: string[] }>(
    `SELECT proname AS name, prorettype = 'trigger'::regtype AS trigger, proconfig AS settings
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname`,
  );
  expect(rows).toEqual(
    SECURITY_DEFINER.map((name) => ({
      name,
      trigger: name !== 'intent_publish_events',
      settings: ['search_path=pg_catalog, public, pg_temp'],
    })),
  );
});

test('the roles have no powers of their own', async () => {
  const { rows } = await pools.superuser.query(
    `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles
      WHERE rolname IN ('intent_engine', 'intent_reader') ORDER BY rolname`,
  );
  const none = {
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
  };
  expect(rows).toEqual([
    { rolname: 'intent_engine', ...none },
    { rolname: 'intent_reader', ...none },
  ]);
});
