import { Pool, type PoolConfig } from 'pg';

export interface PoolOptions {
  /** `postgres://user:password@host:port/database` */
  databaseUrl: string;
  /** Shown to operators in pg_stat_activity. */
  applicationName: string;
  /** Connections at most; default 10. */
  max?: number;
  /** To open a connection, milliseconds; default 10,000. */
  connectTimeoutMs?: number;
  /** A statement that runs longer is ended by Postgres, milliseconds; default 10,000. */
  statementTimeoutMs?: number;
}

/**
 * A pool that gives up on a dead server soon, and that survives a restart of it: a broken idle connection is
 * dropped, the next query opens a new one.
 */
export function createPool({
  databaseUrl,
  applicationName,
  max = 10,
  connectTimeoutMs = 10_000,
  statementTimeoutMs = 10_000,
}: PoolOptions): Pool {
  const config: PoolConfig = {
    connectionString: databaseUrl,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server can't end a statement whose network is gone; the client has to.
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
  };
  const pool = new Pool(config);
  // Without a listener the loss of an idle connection would end the process. The next query reports it.
  pool.on('error', () => undefined);
  return pool;
}

/** Reads `DATABASE_URL`. Throws an error that names the variable and the fix. */
export function databaseUrlFromEnvironment(env: NodeJS.ProcessEnv = process.env): string {
  const url = env['DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error(
      'DATABASE_URL is not set. Set it to the Postgres that mirrors intents, ' +
        'or load the one of a running local stack: set -a; . .data/stack.env; set +a',
    );
  }
  return url;
}
