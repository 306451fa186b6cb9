import type { Pool } from 'pg';

import type { Window } from './read-cases';
import { IMPORT_LIMITS } from './limits';

/** Does every row of the file stand in the audit trail, at its place? Asked for a stretch of the file at a time. */
export const FILE_IN_AUDIT_SQL = `
WITH file AS (
  SELECT f.*, f.accepted_before + 1 + row_number() OVER (PARTITION BY f.intent ORDER BY f.position) AS sequence
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::integer[])
      WITH ORDINALITY AS f (intent, request_id, state, time, actor, accepted_before, position)
   WHERE NOT EXISTS (SELECT FROM workflow_transition_rejections r
                      WHERE r.workflow_id = f.intent AND r.request_id = f.request_id)
)
SELECT file.position::integer, audit.sequence IS NOT NULL AS present,
       (audit.new_state::text, audit.transitioned_at, audit.actor)
         IS NOT DISTINCT FROM (file.state, date_trunc('milliseconds', file.time), file.actor) AS same
  FROM file
  LEFT JOIN workflow_transition_audit audit
    ON audit.workflow_id = file.intent AND audit.sequence = file.sequence`.trim();

/** Does the audit trail hold anything else of these intents? Sequence 1 is the creation. */
export const AUDIT_IN_FILE_SQL = `
SELECT count(*)::integer AS rows,
       count(*) FILTER (WHERE audit.sequence > file.rows + 1)::integer AS extra
  FROM unnest($1::uuid[], $2::integer[]) AS file (intent, rows)
  JOIN workflow_transition_audit audit ON audit.workflow_id = file.intent AND audit.sequence > 1`.trim();

export interface FileCheck {
  /** Cases that have such rows. */
  cases: number;
  /** Rows of the file that are events of its graph's states. */
  rowsInFile: number;
  /** Audit rows of these intents, their creations not counted. */
  rowsInAudit: number;
  /** Rows that the audit trail lacks, those that were rejected included. */
  missing: number;
  /** Of the missing ones those whose rejection Postgres holds. */
  rejected: number;
  /** Audit rows that no row of the file stands for. */
  extra: number;
  /** Rows whose place in the audit trail holds another state, time or actor. */
  differing: number;
  /** Lines of some rows that are missing, though not rejected, or that differ. */
  lines: number[];
  equal: boolean;
}

/**
 * Compares the file with the audit trail in Postgres, row by row and both ways: intent, order, state, time, actor.
 * Times are compared by the millisecond, which is what intents keep. Postgres reads the file's own text.
 *
 * Needs no temporary table, so the engine's role and a transaction pooler will do.
 */
export async function checkAgainstFile(pool: Pool, windows: AsyncIterable<Window>): Promise<FileCheck> {
  const check = { rowsInFile: 0, rowsInAudit: 0, missing: 0, rejected: 0, extra: 0, differing: 0 };
  const lines: number[] = [];
  const accepted = new Map<string, number>();

  for await (const { cases } of windows) {
    const rows = cases.flatMap((group) => group.rows.map((row) => ({ ...row, intentId: group.intentId })));
    const found = await pool.query<{ position: number; present: boolean; same: boolean }>({
      name: 'import_file_in_audit',
      text: FILE_IN_AUDIT_SQL,
      values: [
        rows.map(({ intentId }) => intentId),
        rows.map(({ request }) => request.requestId),
        rows.map(({ request }) => request.to),
        rows.map(({ request }) => request.occurredAt),
        rows.map(({ request }) => request.actor ?? null),
        rows.map(({ intentId }) => accepted.get(intentId) ?? 0),
      ],
    });
    check.rowsInFile += rows.length;
    check.rejected += rows.length - found.rows.length;
    check.missing += rows.length - found.rows.length;
    for (const { intentId } of cases) accepted.set(intentId, accepted.get(intentId) ?? 0);
    for (const { position, present, same } of found.rows) {
      const row = rows[position - 1] as (typeof rows)[number];
      if (present) accepted.set(row.intentId, (accepted.get(row.intentId) ?? 0) + 1);
      else check.missing += 1;
      if (present && !same) check.differing += 1;
      if (!same && lines.length < IMPORT_LIMITS.linesShown) lines.push(row.line);
    }
  }

  const intents = [...accepted];
  for (let start = 0; start < intents.length; start += IMPORT_LIMITS.intentsPerQuery) {
    const asked = intents.slice(start, start + IMPORT_LIMITS.intentsPerQuery);
    const found = await pool.query<{ rows: number; extra: number }>({
      name: 'import_audit_in_file',
      text: AUDIT_IN_FILE_SQL,
      values: [asked.map(([intentId]) => intentId), asked.map(([, rows]) => rows)],
    });
    check.rowsInAudit += found.rows[0]?.rows ?? 0;
    check.extra += found.rows[0]?.extra ?? 0;
  }
  const equal = check.missing === 0 && check.extra === 0 && check.differing === 0;
  return { ...check, cases: accepted.size, lines, equal };
}
