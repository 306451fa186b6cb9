import type { Pool } from 'pg';

import type { Decision } from '../intent';

export interface Conflict {
  intent: { id: string; organizationId: string };
  attempted: readonly Decision[];
  sqlState: string;
  message: string;
}

/**
 * Keeps a refused batch as evidence, once, beside the rows that Postgres holds in its place. It belongs to the
 * organization of the stored intent, whatever the batch claimed: nobody else may see the stored rows.
 */
export async function insertConflict(
  pool: Pool,
  { intent, attempted, sqlState, message }: Conflict,
): Promise<void> {
  const sequences = attempted.flatMap((decision) =>
    decision.status === 'applied' ? [decision.sequence] : [],
  );
  await pool.query(
    `INSERT INTO workflow_transition_conflicts (workflow_id, organization_id, attempted, stored, sqlstate, message)
     SELECT $1, coalesce((SELECT i.organization_id FROM intent_workflows i WHERE i.id = $1), $2), $3,
            jsonb_agg(to_jsonb(a) ORDER BY a.sequence), $4, $5
       FROM workflow_transition_audit a
      WHERE a.workflow_id = $1 AND a.sequence = ANY ($6)
     ON CONFLICT DO NOTHING`,
    [intent.id, intent.organizationId, JSON.stringify(attempted), sqlState, message, sequences],
  );
}
