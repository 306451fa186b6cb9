import { randomUUID } from 'node:crypto';

import { insertConflict } from '../../src/database/insert-conflict';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import {
  AT,
  applied,
  createdIntent,
  refusal,
  rejected,
  TO_PENDING,
  useDatabase,
  type Pools,
} from './use-database';

const pools = useDatabase('rules');
const ROLES = ['engine', 'owner', 'superuser'] as const;
const PRIVILEGE_MISSING = '42501';

let intent: { id: string; organizationId: string };

beforeAll(async () => {
  intent = await createdIntent(pools.engine);
  await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING), rejected(1)]);
  const attempted = [applied(2, ['CREATED', 'CANCELLED'])];
  await insertConflict(pools.engine, { intent, attempted, sqlState: 'IE001', message: 'evidence' });
});

const TABLES = [
  'intent_workflows',
  'workflow_graph_edges',
  'workflow_graph_states',
  'workflow_graphs',
  'workflow_transition_audit',
  'workflow_transition_conflicts',
  'workflow_transition_rejections',
];

/** All that the tables hold, as one text. */
async function everything(): Promise<string> {
  const contents = TABLES.map(
    (table) => `(SELECT jsonb_agg(to_jsonb(t) ORDER BY t.*::text) FROM ${table} t)`,
  );
  const { rows } = await pools.superuser.query<{ all: string }>(
    `SELECT jsonb_build_array(${contents.join(', ')})::text AS all`,
  );
  return rows[0]?.all ?? '';
}

const run = (role: keyof Pools, sql: string, values: unknown[] = []) =>
  refusal(pools[role].query(sql, values));

let before: string;
beforeAll(async () => {
  before = await everything();
});

describe('what is stored is not changed by hand', () => {
  const attempts = [
    `UPDATE intent_workflows SET state = 'COMPLETED'`,
    `UPDATE intent_workflows SET state = 'ICP_PROCESSING', sequence = sequence + 1`,
    `UPDATE intent_workflows SET organization_id = gen_random_uuid()`,
    `UPDATE intent_workflows SET title = 'another'`,
    `UPDATE intent_workflows SET audit_hash = repeat('0', 64)`,
    `UPDATE intent_workflows SET state = state`,
    `INSERT INTO intent_workflows SELECT * FROM intent_workflows ON CONFLICT (id) DO UPDATE SET state = 'COMPLETED'`,
    `MERGE INTO intent_workflows USING (SELECT 1) ON true WHEN MATCHED THEN UPDATE SET state = 'COMPLETED'`,
    `DELETE FROM intent_workflows`,
    `UPDATE workflow_transition_audit SET hash = ''`,
    `UPDATE workflow_transition_audit SET metadata = NULL, actor = NULL, transition_reason = NULL`,
    `UPDATE workflow_transition_rejections SET code = 'NOT_PERMITTED'`,
    `UPDATE workflow_transition_conflicts SET message = ''`,
    `UPDATE workflow_graphs SET definition = '{}'`,
    `UPDATE workflow_graph_states SET terminal = true`,
    `UPDATE workflow_graph_edges SET to_state = from_state`,
    ...TABLES.slice(1).map((table) => `DELETE FROM ${table}`),
    ...TABLES.map((table) => `TRUNCATE ${table} CASCADE`),
  ];

  test.each(attempts)('%s', async (sql) => {
    // ON CONFLICT finds the row that the insert's own trigger refuses before.
    const byRule = sql.startsWith('INSERT') ? 'IE003' : 'IE004';
    await expect(run('engine', sql)).resolves.toBe(PRIVILEGE_MISSING);
    await expect(run('owner', sql)).resolves.toBe(byRule);
    await expect(run('superuser', sql)).resolves.toBe(byRule);
  });

  test('a registered graph gets no further edge and no further state', async () => {
    const edge = `INSERT INTO workflow_graph_edges VALUES ('content-intent', 1, 'CREATED', 'COMPLETED')`;
    const state = `INSERT INTO workflow_graph_states VALUES ('content-intent', 1, 'CREATED', 1, 'icp', false)`;
    await pools.owner.query(`ALTER TYPE workflow_state ADD VALUE 'ELSEWHERE'`);
    for (const sql of [edge, state.replace('CREATED', 'ELSEWHERE')]) {
      await expect(run('engine', sql)).resolves.toBe(PRIVILEGE_MISSING);
      await expect(run('owner', sql)).resolves.toBe('IE004');
      await expect(run('superuser', sql)).resolves.toBe('IE004');
    }
  });

  test.each([
    'ALTER TABLE intent_workflows DISABLE TRIGGER ALL',
    'DROP TRIGGER check_row ON workflow_transition_audit',
    'DROP TABLE workflow_transition_audit CASCADE',
    'ALTER TABLE workflow_transition_audit DISABLE ROW LEVEL SECURITY',
    `ALTER TYPE workflow_state ADD VALUE 'HACKED'`,
    `SET session_replication_role = 'replica'`,
    'CREATE TABLE mine ()',
    'SET ROLE intent_owner',
  ])('the engine cannot take the rules away: %s', async (sql) => {
    await expect(run('engine', sql)).resolves.toBe(PRIVILEGE_MISSING);
  });
});

describe.each(ROLES)('inserts by hand follow the rules: %s', (role) => {
  const audit = (columns: {
    sequence?: number;
    requestId?: string;
    from?: string | null;
    to?: string;
    workflowId?: string;
    organizationId?: string;
  }) =>
    run(
      role,
      `INSERT INTO workflow_transition_audit
         (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        columns.workflowId ?? intent.id,
        columns.organizationId ?? intent.organizationId,
        columns.sequence ?? 3,
        columns.requestId ?? 'by hand',
        columns.from === undefined ? 'ICP_PENDING' : columns.from,
        columns.to ?? 'ICP_PROCESSING',
        AT,
      ],
    );

  test('an audit row that leaves a gap is IE002', async () => {
    await expect(audit({ sequence: 4 })).resolves.toBe('IE002');
  });

  test('an audit row along no edge is IE003', async () => {
    await expect(audit({ to: 'ARTICLE_PENDING' })).resolves.toBe('IE003');
  });

  test('an audit row from another state than the current one is IE001', async () => {
    await expect(audit({ from: 'CREATED', to: 'ICP_PENDING' })).resolves.toBe('IE001');
    await expect(audit({ from: null })).resolves.toBe('IE001');
  });

  test('an audit row of another organization is IE001', async () => {
    await expect(audit({ organizationId: randomUUID() })).resolves.toBe('IE001');
  });

  test('another transition at a sequence that is taken is IE001', async () => {
    await expect(audit({ sequence: 2, from: 'CREATED', to: 'CANCELLED' })).resolves.toBe('IE001');
    await expect(audit({ sequence: 2, from: 'CREATED', to: 'ICP_PENDING' })).resolves.toBe('IE001');
    await expect(audit({ sequence: 1, from: null, to: 'CREATED' })).resolves.toBe('IE001');
  });

  test('a request id that was applied before is a unique violation', async () => {
    await expect(audit({ requestId: 'request-2' })).resolves.toBe('23505');
  });

  test('an audit row of an unknown intent is IE002', async () => {
    await expect(audit({ workflowId: randomUUID() })).resolves.toBe('IE002');
  });

  test('a state that no graph has is an invalid value', async () => {
    await expect(audit({ to: 'NOWHERE' })).resolves.toBe('22P02');
  });

  const intentRow = (columns: { state?: string; sequence?: number; graph?: string; version?: number }) =>
    run(
      role,
      `INSERT INTO intent_workflows (id, organization_id, state, sequence, graph_name, graph_version, run_id)
       VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, $3, $4, 'run')`,
      [
        columns.state ?? 'CREATED',
        columns.sequence ?? 0,
        columns.graph ?? 'content-intent',
        columns.version ?? 1,
      ],
    );

  test('an intent without the audit row of its creation is IE002, at the commit', async () => {
    await expect(intentRow({})).resolves.toBe('IE002');
  });

  test('an intent that begins elsewhere than in the initial state is IE003', async () => {
    await expect(intentRow({ state: 'ICP_PENDING' })).resolves.toBe('IE003');
    await expect(intentRow({ sequence: 5 })).resolves.toBe('IE003');
  });

  test('an intent of a graph that is not registered is IE003', async () => {
    await expect(intentRow({ graph: 'unheard-of' })).resolves.toBe('IE003');
    await expect(intentRow({ version: 2 })).resolves.toBe('IE003');
  });

  test.each([
    ['to another state', null, 'ICP_PENDING'],
    ['from a state', 'CREATED', 'CREATED'],
  ])('a creation %s is IE003', async (_name, from, to) => {
    const sql = `INSERT INTO intent_workflows (id, organization_id, state, graph_name, graph_version, run_id)
      VALUES (gen_random_uuid(), gen_random_uuid(), 'CREATED', 'content-intent', 1, 'run')
      RETURNING id, organization_id`;
    const client = await pools[role].connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ id: string; organization_id: string }>(sql);
      const audit = client.query(
        `INSERT INTO workflow_transition_audit
           (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
         VALUES ($1, $2, 1, 'creation', $3, $4, now())`,
        [rows[0]?.id, rows[0]?.organization_id, from, to],
      );
      await expect(refusal(audit)).resolves.toBe('IE003');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  test('a rejection of another organization, or of no intent, violates a foreign key', async () => {
    const rejection = (workflowId: string, organizationId: string) =>
      run(
        role,
        `INSERT INTO workflow_transition_rejections
           (workflow_id, organization_id, number, request_id, code, message, state, rejected_at)
         VALUES ($1, $2, 9, 'by hand', 'NOT_PERMITTED', '', 'CREATED', now())`,
        [workflowId, organizationId],
      );
    await expect(rejection(intent.id, randomUUID())).resolves.toBe('23503');
    await expect(rejection(randomUUID(), intent.organizationId)).resolves.toBe('23503');
  });
});

test('after all of this nothing has changed', async () => {
  expect(await everything()).toBe(before);
});
