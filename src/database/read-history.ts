import type { AuditRow } from '../intent';
import type { Queryable } from './queryable';

/** The columns of an {@link AuditRow}. */
export const AUDIT_COLUMNS = `sequence, request_id AS "requestId", previous_state AS "previousState", new_state AS "newState",
  transition_reason AS reason, actor, metadata, transitioned_at AS "transitionedAt", created_at AS "createdAt",
  kind, graph_version AS "graphVersion", hash`;

/**
 * The audit trail of one intent, oldest first, wherever in the database it stands.
 *
 * @param after sequence of the last row that is known already; default: none
 * @param limit rows at most; default: all
 */
export async function readHistory(
  database: Queryable,
  intentId: string,
  { after = 0, limit }: { after?: number; limit?: number } = {},
): Promise<AuditRow[]> {
  const result = await database.query<AuditRow>({
    name: 'read_history',
    // When the intent ended tells in which partition it is.
    text: `SELECT ${AUDIT_COLUMNS} FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence > $2
           UNION ALL
           SELECT ${AUDIT_COLUMNS} FROM workflow_transition_audit_archive
            WHERE workflow_id = $1 AND sequence > $2 AND ended_at = (SELECT ended_at FROM intent_archives WHERE workflow_id = $1)
           ORDER BY sequence LIMIT $3`,
    values: [intentId, after, limit ?? null],
  });
  return result.rows;
}
