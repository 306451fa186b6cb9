import type { Pool } from 'pg';

/** All that Postgres holds of the given intents, but for the times at which rows were inserted. */
export async function contentsOf(pool: Pool, ids: readonly string[]): Promise<unknown[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT i.id, i.organization_id, i.state, i.sequence, i.audit_hash, i.graph_name, i.graph_version, i.first_graph_version, i.title,
            i.metadata, i.created_by, i.run_id, i.personal_salt, i.ended_at,
            (SELECT jsonb_agg(to_jsonb(a) - 'created_at' ORDER BY a.sequence) FROM workflow_transition_audit a
              WHERE a.workflow_id = i.id) AS audit,
            (SELECT jsonb_agg(to_jsonb(r) - 'created_at' ORDER BY r.number) FROM workflow_transition_rejections r
              WHERE r.workflow_id = i.id) AS rejections,
            (SELECT jsonb_agg(to_jsonb(v) - 'created_at' ORDER BY v.number) FROM workflow_transition_votes v
              WHERE v.workflow_id = i.id) AS votes
       FROM intent_workflows i WHERE i.id = ANY ($1) ORDER BY i.id`,
    [ids],
  );
  return rows;
}
