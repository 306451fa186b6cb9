import type { Pool } from 'pg';

import type { RejectionCode } from '../intent';

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

/** The rejections of one intent, oldest first. */
export async function readRejections(pool: Pool, intentId: string): Promise<RejectionRow[]> {
  const { rows } = await pool.query<RejectionRow>({
    name: 'read_rejections',
    text: `SELECT number, request_id AS "requestId", code, message, state, requested_state AS "requestedState",
                  transition_reason AS reason, actor
             FROM workflow_transition_rejections_all WHERE workflow_id = $1 ORDER BY number`,
    values: [intentId],
  });
  return rows;
}
