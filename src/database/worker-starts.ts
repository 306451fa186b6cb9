import type { Pool } from 'pg';

import { DATABASE_LIMITS } from './limits';

/**
 * Notes that a worker has started, or why it refused to. Rows that are older than {@link DATABASE_LIMITS} allows go.
 *
 * @param problem without secrets; left out where it started
 */
export async function noteWorkerStart(pool: Pool, problem?: string): Promise<void> {
  await pool.query({
    name: 'note_worker_start',
    text: `WITH gone AS (
             DELETE FROM intent_worker_starts WHERE started_at < clock_timestamp() - make_interval(days => $1)
           )
           INSERT INTO intent_worker_starts (problem) VALUES ($2)`,
    values: [DATABASE_LIMITS.workerStartsDays, problem ?? null],
  });
}

/** How many workers refused to start lately. */
export async function countFailedStarts(pool: Pool, seconds: number): Promise<number> {
  const { rows } = await pool.query<{ failed: number }>({
    name: 'count_failed_starts',
    text: `SELECT count(*)::integer AS failed FROM intent_worker_starts
            WHERE problem IS NOT NULL AND started_at > clock_timestamp() - make_interval(secs => $1)`,
    values: [seconds],
  });
  return rows[0]?.failed ?? 0;
}
