import { Pool } from 'pg';

import { checkProtection, PROTECTING_TRIGGERS, SECURED } from '../../src/ops/check-protection';
import { useDatabase } from '../database/use-database';

const pools = useDatabase('check-protection');

/** Runs a statement as the superuser, looks, and takes it back. */
async function findingsAfter(statement: string): Promise<string[]> {
  // One connection: all that is asked is asked inside of its transaction.
  const one = new Pool({ ...pools.superuser.options, max: 1 });
  try {
    await one.query(`SET session_replication_role = replica; BEGIN; ${statement}`);
    return (await checkProtection(one)).map(({ code, detail }) => `${code}: ${detail}`);
  } finally {
    await one.query('ROLLBACK');
    await one.end();
  }
}

test('nothing is found where nothing was done', async () => {
  expect(await checkProtection(pools.engine)).toEqual([]);
});

test('the triggers that are looked for are those that there are', async () => {
  const { rows } = await pools.superuser.query<{ table: string; names: string[] }>(
    `SELECT c.relname AS table, array_agg(t.tgname::text ORDER BY t.tgname) AS names
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal GROUP BY 1`,
  );
  expect(Object.fromEntries(rows.map(({ table, names }) => [table, names]))).toEqual(PROTECTING_TRIGGERS);
});

test('the tables whose row level security is looked at are those that have it', async () => {
  const { rows } = await pools.superuser.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relrowsecurity
        -- Those of the migrations themselves hold nothing of anybody's.
        AND relname NOT IN ('pgmigrations', 'pgmigrations_checksums')`,
  );
  expect(rows.map(({ name }) => name).toSorted()).toEqual(SECURED.toSorted());
});

test.each([
  [
    'ALTER TABLE intent_webhook_secrets DISABLE ROW LEVEL SECURITY',
    'PROTECTION_OFF: row level security of intent_webhook_secrets is off',
  ],
  [
    'ALTER TABLE workflow_transition_audit DISABLE TRIGGER check_change',
    'PROTECTION_OFF: the trigger check_change of workflow_transition_audit is not in force',
  ],
  [
    'ALTER TABLE intent_workflows ENABLE REPLICA TRIGGER check_move',
    'PROTECTION_OFF: the trigger check_move of intent_workflows is not in force',
  ],
  [
    'DROP TRIGGER check_row ON workflow_transition_audit',
    'PROTECTION_OFF: the trigger check_row of workflow_transition_audit is not in force',
  ],
  [
    'ALTER TABLE workflow_transition_rejections DISABLE ROW LEVEL SECURITY',
    'PROTECTION_OFF: row level security of workflow_transition_rejections is off',
  ],
  [
    'ALTER TABLE intent_organization_roles DISABLE ROW LEVEL SECURITY',
    'PROTECTION_OFF: row level security of intent_organization_roles is off',
  ],
  [
    `INSERT INTO workflow_graph_edges VALUES ('content-intent', 1, 'CREATED', 'COMPLETED')`,
    'GRAPH_ALTERED: content-intent@1: workflow_graph_edges differs from the definition',
  ],
  [
    `DELETE FROM workflow_graph_edges WHERE to_state = 'CANCELLED'`,
    'GRAPH_ALTERED: content-intent@1: workflow_graph_edges differs from the definition',
  ],
  [
    `UPDATE workflow_graphs SET definition = definition || '{"title":"forged"}'`,
    'GRAPH_ALTERED: content-intent@1: the definition is not the one that was registered (its fingerprint differs)',
  ],
])('%s is found and named', async (statement, finding) => {
  expect(await findingsAfter(statement)).toEqual([finding]);
});
