import type { RejectionCode } from '../intent';
import type { Queryable } from './queryable';

/** A row of `workflow_transition_rejections`. */
export interface RejectionRow {
  number: number;
  requestId: string;
  code: RejectionCode;
  message: string;
  state: string;
  requestedState: string | null;
  reason: string | null;
  actor: string | null;
}

const COLUMNS = `number, request_id AS "requestId", code, message, state, requested_state AS "requestedState",
  transition_reason AS reason, actor`;

/** The rejections of one intent, oldest first, wherever in the database they stand. */
export async function readRejections(database: Queryable, intentId: string): Promise<RejectionRow[]> {
  const { rows } = await database.query<RejectionRow>({
    name: 'read_rejections',
    text: `SELECT ${COLUMNS} FROM workflow_transition_rejections WHERE workflow_id = $1
           UNION ALL
           SELECT ${COLUMNS} FROM workflow_transition_rejections_archive
            WHERE workflow_id = $1 AND ended_at = (SELECT ended_at FROM intent_archives WHERE workflow_id = $1)
           ORDER BY number`,
    values: [intentId],
  });
  return rows;
}
