import type { Pool } from 'pg';

import { migrationFiles } from './migration-files';
import { sqlStateOf } from './sql-states';

const UNDEFINED_TABLE = '42P01';

/** Why a program must not start on this database, and what to do; `undefined` when its schema is up to date. */
export async function schemaProblem(pool: Pool): Promise<string | undefined> {
  const pending = await pendingMigrations(pool);
  if (pending.length === 0) return undefined;
  return `The database lacks ${pending.length} migration(s): ${pending.join(', ')}. Apply them as the owner role: intent migrate`;
}

/** Names of the migrations that this code needs and the database lacks; empty when the schema is up to date. */
export async function pendingMigrations(pool: Pool): Promise<string[]> {
  const needed = (await migrationFiles()).map(({ name }) => name);
  try {
    const applied = await pool.query<{ name: string }>('SELECT name FROM pgmigrations');
    const names = new Set(applied.rows.map(({ name }) => name));
    return needed.filter((name) => !names.has(name));
  } catch (error) {
    if (sqlStateOf(error) === UNDEFINED_TABLE) return needed;
    throw error;
  }
}
