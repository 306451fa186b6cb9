import type { Pool } from 'pg';

import { createPool } from '../database/pool';

/** Runs `work` with a pool of its own. */
export async function withDatabase<T>(databaseUrl: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ databaseUrl, applicationName: 'intent-cli' });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
