import { Pool, type PoolConfig } from 'pg';

import { DATABASE_LIMITS } from './limits';
import { numberFromEnvironment } from './number-from-environment';

export interface PoolOptions {
  /** `postgres://user:password@host:port/database` */
  databaseUrl: string;
  /** Shown to operators in pg_stat_activity. */
  applicationName: string;
  /** Connections at most. The defaults of all of these are in `limits.ts`. */
  max?: number;
  /** To open a connection, milliseconds. */
  connectTimeoutMs?: number;
}

/**
 * A pool that gives up on a dead server soon, and that survives a restart of it: a broken idle connection is
 * dropped, the next query opens a new one.
 */
export function createPool({
  databaseUrl,
  applicationName,
  max = DATABASE_LIMITS.connections,
  connectTimeoutMs = DATABASE_LIMITS.connectMs,
}: PoolOptions): Pool {
  const config: PoolConfig = {
    connectionString: databaseUrl,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: DATABASE_LIMITS.statementMs,
    lock_timeout: DATABASE_LIMITS.lockMs,
    idle_in_transaction_session_timeout: DATABASE_LIMITS.idleInTransactionMs,
    query_timeout: DATABASE_LIMITS.answerMs,
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

/**
 * Reads `DATABASE_POOL_SIZE`: how many connections a worker opens at most, where not as many as usual.
 *
 * @throws Error that names the variable and the fix
 */
export function poolSizeFromEnvironment(env: NodeJS.ProcessEnv = process.env): number {
  const { workerConnections: usual, mostConnections: most } = DATABASE_LIMITS;
  return numberFromEnvironment(env, 'DATABASE_POOL_SIZE', { usual, least: 1, most });
}
