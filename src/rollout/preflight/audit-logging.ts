import { randomUUID } from 'node:crypto';

import type { PoolClient } from 'pg';

import { createIntent } from '../../database/create-intent';
import { SQL_STATES, sqlStateOf } from '../../database/sql-states';
import { checkProtection } from '../../ops/check-protection';
import { contentIntentGraph } from '../../graph';
import { CREATED_BY, SMOKE_ORGANIZATION } from '../smoke/smoke-organization';
import { judged } from '../check';
import type { PreflightCheck } from './preflight';

/** What the rules must refuse even the owner of the tables, and in which words of SQLSTATE. */
const FORBIDDEN: ReadonlyArray<[what: string, sql: string]> = [
  [
    'an audit row could be changed',
    `UPDATE workflow_transition_audit SET new_state = 'COMPLETED' WHERE workflow_id = $1`,
  ],
  ['an audit row could be deleted', 'DELETE FROM workflow_transition_audit WHERE workflow_id = $1'],
  ['a state could be moved by hand', `UPDATE intent_workflows SET state = 'COMPLETED' WHERE id = $1`],
  ['an intent could be deleted', 'DELETE FROM intent_workflows WHERE id = $1'],
];

/**
 * The triggers that write and protect the trail are in force, and it really is append-only: tried on an intent of its own, in
 * a transaction that is rolled back. It touches no row and waits for no lock of anybody else.
 */
export const auditLogging: PreflightCheck = {
  name: 'audit-logging',
  title: 'Audit logging enabled',
  step: 'before 12',
  fix: 'Run it with OWNER_DATABASE_URL, and apply the migrations: intent migrate',
  async run({ servers }) {
    const pool = servers.pool('owner');
    const findings = await checkProtection(pool);
    const client = await pool.connect();
    let problems: string[];
    try {
      problems = await tryForbidden(client);
    } finally {
      // Closing the connection rolls back, whatever state it is in.
      client.release(true);
    }
    return judged(
      [
        ...findings
          .filter(({ detail }) => !detail.startsWith('row level security'))
          .map(({ detail }) => detail),
        ...problems,
      ],
      [
        'the triggers are in force',
        'a creation wrote its audit row; to change or delete it, or to move a state by hand, was refused (and all rolled back)',
      ],
      'ALTER TABLE … ENABLE TRIGGER …, or restore the database; and find out who changed it: intent verify',
    );
  },
};

async function tryForbidden(client: PoolClient): Promise<string[]> {
  const id = randomUUID();
  const problems: string[] = [];
  await client.query('BEGIN');
  await createIntent(client, {
    id,
    organizationId: SMOKE_ORGANIZATION,
    runId: randomUUID(),
    graphName: contentIntentGraph.name,
    title: 'preflight: rolled back',
    createdBy: CREATED_BY,
    transitionedAt: new Date().toISOString(),
  });
  const { rows } = await client.query('SELECT FROM workflow_transition_audit WHERE workflow_id = $1', [id]);
  if (rows.length !== 1) problems.push(`a creation wrote ${rows.length} audit rows in the place of 1`);
  for (const [what, sql] of FORBIDDEN) {
    await client.query('SAVEPOINT attempt');
    try {
      await client.query(sql, [id]);
      problems.push(what);
    } catch (error) {
      if (sqlStateOf(error) !== SQL_STATES.APPEND_ONLY)
        problems.push(`${what}: it was refused, but for another reason (${(error as Error).message})`);
    }
    await client.query('ROLLBACK TO SAVEPOINT attempt');
  }
  await client.query('ROLLBACK');
  return problems;
}
