import type { Pool } from 'pg';

import type { MoveKind, RejectionCode } from '../intent';
import { DATABASE_LIMITS } from './limits';

/** What Postgres holds, of all organizations, the archive's tables included. */
export interface RecordCounts {
  intents: number;
  /** With at least one transition that was refused. */
  quarantined: number;
  auditRows: Partial<Record<MoveKind, number>>;
  rejections: Partial<Record<RejectionCode, number>>;
  /** How long Postgres took, milliseconds. */
  tookMs: number;
}

/** Counts rows, exactly, in one snapshot. It reads whole tables, so it takes its time: see {@link DATABASE_LIMITS}. */
export async function countRecords(pool: Pool): Promise<RecordCounts> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${DATABASE_LIMITS.countMs}`);
    const begun = performance.now();
    const { rows } = await client.query<Omit<RecordCounts, 'tookMs'>>({
      text: COUNT,
      query_timeout: DATABASE_LIMITS.countAnswerMs,
    } as { text: string });
    const tookMs = performance.now() - begun;
    await client.query('COMMIT');
    broken = false;
    return { ...(rows[0] as (typeof rows)[0]), tookMs };
  } finally {
    client.release(broken);
  }
}

const COUNT = `
  SELECT (SELECT count(*)::float8 FROM intent_workflows) AS intents,
         (SELECT count(DISTINCT workflow_id)::float8 FROM workflow_transition_conflicts) AS quarantined,
         (SELECT coalesce(jsonb_object_agg(kind, rows), '{}')
            FROM (SELECT kind, count(*) AS rows FROM workflow_transition_audit_all GROUP BY kind) k) AS "auditRows",
         (SELECT coalesce(jsonb_object_agg(code, rows), '{}')
            FROM (SELECT code, count(*) AS rows FROM workflow_transition_rejections_all GROUP BY code) c) AS rejections`;
