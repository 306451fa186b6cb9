import type { Outcome, RejectionCode } from '../intent';
import type { Queryable } from './queryable';

/** Identifies one request. */
export interface RequestKey {
  intentId: string;
  requestId: string;
}

interface OutcomeRow {
  position: number;
  sequence: number | null;
  previous_state: string | null;
  new_state: string | null;
  transitioned_at: Date | null;
  code: RejectionCode | null;
  message: string | null;
  state: string | null;
  to_state: string | null;
  votes: number | null;
  needed: number | null;
}

/**
 * The outcomes of many requests at once, in the order of `keys`; `undefined` where there is none yet. An applied
 * outcome is final, of rejected ones and votes the newest counts.
 */
export async function readOutcomes(
  database: Queryable,
  keys: readonly RequestKey[],
): Promise<Array<Outcome | undefined>> {
  const result = await database.query<OutcomeRow>({
    name: 'read_outcomes',
    text: `SELECT k.position::integer, a.sequence, a.previous_state, a.new_state, a.transitioned_at,
                  r.code, r.message, coalesce(r.state, v.from_state) AS state, v.to_state, v.votes, v.needed,
                  false AS archived
             FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS k (workflow_id, request_id, position)
             LEFT JOIN workflow_transition_audit a
               ON a.workflow_id = k.workflow_id AND a.request_id = k.request_id
             LEFT JOIN LATERAL (
               SELECT * FROM workflow_transition_rejections r
                WHERE a.sequence IS NULL AND r.workflow_id = k.workflow_id AND r.request_id = k.request_id
                ORDER BY r.number DESC LIMIT 1
             ) r ON true
             LEFT JOIN LATERAL (
               SELECT * FROM workflow_transition_votes v
                WHERE a.sequence IS NULL AND v.workflow_id = k.workflow_id AND v.request_id = k.request_id
                  -- A vote that was forgotten and is sent again may be refused: that is the newer answer.
                  AND r.number IS NULL
                ORDER BY v.number DESC LIMIT 1
             ) v ON true
            WHERE a.sequence IS NOT NULL OR r.number IS NOT NULL OR v.number IS NOT NULL
           UNION ALL
           SELECT k.position::integer, a.sequence, a.previous_state, a.new_state, a.transitioned_at,
                  r.code, r.message, coalesce(r.state, v.from_state), v.to_state, v.votes, v.needed, true
             FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS k (workflow_id, request_id, position)
             JOIN intent_archives x ON x.workflow_id = k.workflow_id AND x.file IS NULL
             LEFT JOIN workflow_transition_audit_archive a
               ON a.workflow_id = x.workflow_id AND a.ended_at = x.ended_at AND a.request_id = k.request_id
             LEFT JOIN LATERAL (
               SELECT * FROM workflow_transition_rejections_archive r
                WHERE a.sequence IS NULL AND r.workflow_id = x.workflow_id AND r.ended_at = x.ended_at
                  AND r.request_id = k.request_id
                ORDER BY r.number DESC LIMIT 1
             ) r ON true
             LEFT JOIN LATERAL (
               SELECT * FROM workflow_transition_votes_archive v
                WHERE a.sequence IS NULL AND v.workflow_id = x.workflow_id AND v.ended_at = x.ended_at
                  AND v.request_id = k.request_id AND r.number IS NULL
                ORDER BY v.number DESC LIMIT 1
             ) v ON true
            WHERE a.sequence IS NOT NULL OR r.number IS NOT NULL OR v.number IS NOT NULL
            -- A rejection that came after the archiving is newer than the archived ones.
            ORDER BY sequence NULLS LAST, archived`,
    values: [keys.map((key) => key.intentId), keys.map((key) => key.requestId)],
  });
  const outcomes = new Array<Outcome | undefined>(keys.length).fill(undefined);
  for (const row of result.rows) {
    const key = keys[row.position - 1];
    if (key !== undefined) outcomes[row.position - 1] ??= toOutcome(key.requestId, row);
  }
  return outcomes;
}

function toOutcome(requestId: string, row: OutcomeRow): Outcome {
  if (row.sequence !== null && row.new_state !== null && row.transitioned_at !== null) {
    return {
      status: 'applied',
      requestId,
      sequence: row.sequence,
      previousState: row.previous_state,
      newState: row.new_state,
      transitionedAt: row.transitioned_at.toISOString(),
    };
  }
  if (row.to_state !== null && row.votes !== null && row.needed !== null) {
    const { to_state: to, votes, needed } = row;
    return { status: 'voted', requestId, to, votes, needed, state: row.state as string };
  }
  return {
    status: 'rejected',
    requestId,
    code: row.code as RejectionCode,
    message: row.message as string,
    state: row.state as string,
  };
}
