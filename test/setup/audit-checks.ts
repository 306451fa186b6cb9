import type { Pool } from 'pg';

/** Rows whose hash is not that of the row before and their own content; none where the chain is unbroken. */
export async function brokenLinks(pool: Pool, intentId: string): Promise<number[]> {
  const { rows } = await pool.query<{ sequence: number }>(
    `SELECT sequence FROM (
       SELECT a.sequence, a.hash,
              intent_audit_hash(lag(a.hash) OVER (ORDER BY a.sequence), a) AS expected,
              row_number() OVER (ORDER BY a.sequence) AS position
         FROM workflow_transition_audit a WHERE a.workflow_id = $1
     ) chain
     WHERE hash <> expected OR sequence <> position ORDER BY sequence`,
    [intentId],
  );
  return rows.map(({ sequence }) => sequence);
}

/** How many outcome rows each request id has: exactly 1 is what the engine promises. */
export async function outcomeRows(pool: Pool, intentIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ request_id: string; count: number }>(
    `SELECT request_id, count(*)::integer AS count FROM (
       SELECT request_id FROM workflow_transition_audit WHERE workflow_id = ANY ($1) AND sequence > 1
       UNION ALL
       SELECT request_id FROM workflow_transition_rejections WHERE workflow_id = ANY ($1)
       UNION ALL
       SELECT v.request_id FROM workflow_transition_votes v WHERE v.workflow_id = ANY ($1) AND v.kind = 'cast'
          AND NOT EXISTS (SELECT FROM workflow_transition_audit a
                           WHERE (a.workflow_id, a.request_id) = (v.workflow_id, v.request_id))
     ) outcomes GROUP BY request_id`,
    [intentIds],
  );
  return new Map(rows.map(({ request_id, count }) => [request_id, count]));
}
