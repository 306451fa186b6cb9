import type { EventName } from '../events/read-events';
import type { Queryable } from '../queryable';

/** What became of the attempts to deliver an event. */
export interface FailedDelivery {
  attempts: number;
  /** HTTP status of the last answer; `null` where there was none. */
  status: number | null;
  error: string;
  /** How the body of the last answer begins. */
  response: string | null;
  firstAttemptedAt: Date;
  lastAttemptedAt: Date;
}

export interface DeadLetter extends EventName, FailedDelivery {
  /** When it was handed on to be delivered once more. */
  replayedAt: Date | null;
}

const COLUMNS = `position::float8 AS position, workflow_id AS "intentId", kind, row_number AS row, attempts,
  last_status AS status, last_error AS error, last_response AS response, first_attempted_at AS "firstAttemptedAt",
  last_attempted_at AS "lastAttemptedAt", replayed_at AS "replayedAt"`;

/** Dead letters of a webhook after a position, in order. */
export async function readDeadLetters(
  database: Queryable,
  organizationId: string,
  webhookId: string,
  { after, limit }: { after: number; limit: number },
): Promise<DeadLetter[]> {
  const { rows } = await database.query<DeadLetter>(
    `SELECT ${COLUMNS} FROM intent_webhook_dead_letters
      WHERE organization_id = $1 AND webhook_id = $2 AND position > $3 ORDER BY position LIMIT $4`,
    [organizationId, webhookId, after, limit],
  );
  return rows;
}

/** Keeps what could not be delivered; once more, in place of what was kept of the same event. */
export async function recordDeadLetter(
  database: Queryable,
  { id, organizationId }: { id: string; organizationId: string },
  { position, intentId, kind, row }: EventName,
  failed: FailedDelivery,
): Promise<void> {
  await database.query(
    `INSERT INTO intent_webhook_dead_letters
       (webhook_id, organization_id, position, workflow_id, kind, row_number, attempts, last_status, last_error,
        last_response, first_attempted_at, last_attempted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (webhook_id, position) DO UPDATE
       SET workflow_id = excluded.workflow_id, kind = excluded.kind, row_number = excluded.row_number,
           attempts = excluded.attempts, last_status = excluded.last_status, last_error = excluded.last_error,
           last_response = excluded.last_response, first_attempted_at = excluded.first_attempted_at,
           last_attempted_at = excluded.last_attempted_at, replay_requested_at = NULL, replayed_at = NULL`,
    [
      ...[id, organizationId, position, intentId, kind, row, failed.attempts, failed.status, failed.error],
      ...[failed.response, failed.firstAttemptedAt, failed.lastAttemptedAt],
    ],
  );
}

/** Dead letters of a webhook whose replay was asked for, in order. */
export async function readRequestedDeadLetters(
  database: Queryable,
  webhookId: string,
  limit: number,
): Promise<EventName[]> {
  const { rows } = await database.query<EventName>({
    name: 'read_requested_dead_letters',
    text: `SELECT position::float8 AS position, workflow_id AS "intentId", kind, row_number AS row
             FROM intent_webhook_dead_letters
            WHERE webhook_id = $1 AND replay_requested_at IS NOT NULL AND replayed_at IS NULL
            ORDER BY position LIMIT $2`,
    values: [webhookId, limit],
  });
  return rows;
}

export async function noteReplayed(
  database: Queryable,
  webhookId: string,
  positions: readonly number[],
): Promise<void> {
  await database.query(
    `UPDATE intent_webhook_dead_letters SET replayed_at = clock_timestamp()
      WHERE webhook_id = $1 AND position = ANY ($2)`,
    [webhookId, positions],
  );
}
