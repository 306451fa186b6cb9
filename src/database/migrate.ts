import { runner } from 'node-pg-migrate';
import { Client, type ClientBase } from 'pg';

import { BUILTIN_GRAPHS, formatGraphReference } from '../graph';
import { DATABASE_LIMITS } from './limits';
import { MIGRATION_NAME, MIGRATIONS_FOLDER, migrationFiles } from './migration-files';
import { createPool } from './pool';
import { registerGraph } from './register-graph';
import { LOCK_NOT_AVAILABLE, sqlStateOf } from './sql-states';

export interface MigrateOptions {
  /** Of the owner role. */
  databaseUrl: string;
  /** Told each thing that is done, a line each. */
  log?: (line: string) => void;
  /** For tests. */
  folder?: string;
  /** How long to wait for another migration to end, milliseconds. For tests. */
  turnTimeoutMs?: number;
}

/** Another process migrates the same database, and has not ended in time. */
class MigrationBusyError extends Error {
  override readonly name = 'MigrationBusyError';
}

/** A migration that was applied differs from its file, or the database is newer than this code. */
export class MigrationMismatchError extends Error {
  override readonly name = 'MigrationMismatchError';
}

/**
 * Brings the schema up to date and registers the built-in graphs. Two at once take turns; each migration is one
 * transaction; running it again changes nothing.
 *
 * @returns the names of the migrations applied now
 * @throws MigrationMismatchError when an applied migration was edited, is missing, or came out of order;
 *   MigrationBusyError when another one does not end
 *
 * @example
 * await migrate({ databaseUrl: process.env.OWNER_DATABASE_URL, log: console.log });
 */
export async function migrate({
  databaseUrl,
  log = () => undefined,
  folder = MIGRATIONS_FOLDER,
  turnTimeoutMs = DATABASE_LIMITS.migrationTurnMs,
}: MigrateOptions): Promise<{ applied: string[] }> {
  const applied = await applyMigrations(databaseUrl, folder, log, turnTimeoutMs);
  const pool = createPool({ databaseUrl, applicationName: 'intent-migrate', max: 1 });
  try {
    for (const graph of BUILTIN_GRAPHS) {
      const { registered } = await registerGraph(pool, graph);
      if (registered) log(`Registered graph ${formatGraphReference(graph)}`);
    }
  } finally {
    await pool.end();
  }
  return { applied };
}

async function applyMigrations(
  databaseUrl: string,
  folder: string,
  log: (line: string) => void,
  turnTimeoutMs: number,
): Promise<string[]> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'intent-migrate',
    connectionTimeoutMillis: DATABASE_LIMITS.connectMs,
    lock_timeout: turnTimeoutMs,
  });
  // What the library says of a migration that failed has several lines.
  const logLines = (text: string) => text.split('\n').forEach((line) => log(line));
  await client.connect();
  try {
    await takeTurn(client);
    await client.query(
      `CREATE TABLE IF NOT EXISTS pgmigrations_checksums (name text PRIMARY KEY, checksum text NOT NULL)`,
    );
    // Where every new table is open to web roles by default, as on Supabase, this one is not.
    await client.query('ALTER TABLE pgmigrations_checksums ENABLE ROW LEVEL SECURITY');
    await checkApplied(client, folder);
    const ran = await runner({
      dbClient: client,
      dir: folder,
      // Of all that lies there, schema.sql say, only migrations run.
      ignorePattern: `(?!${MIGRATION_NAME.source}).*`,
      migrationsTable: 'pgmigrations',
      direction: 'up',
      checkOrder: true,
      singleTransaction: false,
      advisoryLockMode: 'wait',
      logger: { debug: ignore, info: ignore, warn: logLines, error: logLines },
    });
    for (const file of await migrationFiles(folder)) {
      await client.query(
        'INSERT INTO pgmigrations_checksums (name, checksum) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
        [file.name, file.checksum],
      );
    }
    for (const { name } of ran) log(`Applied migration ${name}`);
    return ran.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Held over checksums and migrations; the library's own lock covers the migrations alone. */
async function takeTurn(client: ClientBase): Promise<void> {
  try {
    await client.query(`SELECT pg_advisory_lock(hashtext('intent-engine: migrate'))`);
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new MigrationBusyError(
      'Another process migrates this database and has not ended. Try again once it has; it shows as intent-migrate in pg_stat_activity.',
      { cause: error },
    );
  }
  await client.query(`SET lock_timeout = ${DATABASE_LIMITS.migrationLockMs}`);
}

async function checkApplied(client: ClientBase, folder: string): Promise<void> {
  const files = await migrationFiles(folder);
  const known = new Map(files.map(({ name, checksum }) => [name, checksum]));
  const stored = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM pgmigrations_checksums ORDER BY name',
  );
  for (const { name, checksum } of stored.rows) {
    const expected = known.get(name);
    if (expected === undefined) {
      throw new MigrationMismatchError(
        `The database has the migration ${name}, which this version does not know. Use the version that applied it, or a newer one.`,
      );
    }
    if (expected !== checksum) {
      throw new MigrationMismatchError(
        `The migration ${name} was changed after it was applied. Restore the file, and put the change into a new migration.`,
      );
    }
  }
  const applied = new Set(stored.rows.map(({ name }) => name));
  const last = files.findLast(({ name }) => applied.has(name));
  for (const { name } of files.slice(0, last === undefined ? 0 : files.indexOf(last))) {
    if (!applied.has(name)) {
      throw new MigrationMismatchError(
        `The migration ${name} comes before ${last?.name}, which is applied already. Give it a number after that one.`,
      );
    }
  }
}

function ignore(): void {
  // The library's own chatter; what was done is logged above.
}
