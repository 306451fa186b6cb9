import type { Pool, PoolClient } from 'pg';

import { DATABASE_LIMITS } from '../../database/limits';
import { judged, skipped } from '../check';
import { messageOf } from '../run-checks';
import { DATABASE_VARIABLES, shownUrl, type DatabaseRole, type Servers } from '../servers';
import type { PreflightCheck } from './preflight';

/** Ports that PgBouncer and Supavisor have by default. */
const POOLER_PORTS = new Set(['6432', '6543']);

const SETTINGS: ReadonlyArray<[name: string, ms: number]> = [
  ['statement_timeout', DATABASE_LIMITS.statementMs],
  ['lock_timeout', DATABASE_LIMITS.lockMs],
  ['idle_in_transaction_session_timeout', DATABASE_LIMITS.idleInTransactionMs],
];

/** The engine has no cache; what may stand between it and Postgres is a pooler. */
export const pooler: PreflightCheck = {
  name: 'pooler',
  title: 'Caches or poolers reachable',
  step: 'before 4',
  fix: 'See that the pooler runs and reaches Postgres; "Poolers" in docs/guides/production.md.',
  async run({ servers, options }) {
    const roles = (['engine', 'gateway'] as const).filter((role) => servers.has(role));
    const pooled = roles.filter((role) => options.pooler || isPooler(urlOf(servers, role)));
    const problems: string[] = [];
    if (servers.has('owner') && isPooler(urlOf(servers, 'owner'))) {
      problems.push(
        'OWNER_DATABASE_URL leads to a pooler: migrations hold locks of a session, and need a direct connection',
      );
    }
    if (pooled.length === 0 && problems.length === 0) {
      return skipped(
        'no URL leads to a pooler (its port is none of 6432 and 6543, and --pooler is not given); the engine has no caches',
      );
    }
    for (const role of pooled) {
      for (const problem of await problemsBehind(servers.pool(role)))
        problems.push(`${DATABASE_VARIABLES[role]}: ${problem}`);
    }
    return judged(
      problems,
      pooled.map(
        (role) => `${shownUrl(urlOf(servers, role))} keeps named statements, and ends what takes too long`,
      ),
      'Set max_prepared_statements (PgBouncer 1.21 or later), and the timeouts for the role: "Poolers" in docs/guides/production.md.',
    );
  },
};

function urlOf(servers: Servers, role: DatabaseRole): string {
  return servers.env[DATABASE_VARIABLES[role]] ?? '';
}

function isPooler(url: string): boolean {
  return (
    URL.canParse(url) &&
    (POOLER_PORTS.has(new URL(url).port) || new URL(url).searchParams.get('pgbouncer') === 'true')
  );
}

/** What the engine needs of one: statements by name in many transactions on several connections, and its timeouts. */
async function problemsBehind(pool: Pool): Promise<string[]> {
  const clients = await connect(pool, 3);
  try {
    for (const _ of [1, 2, 3]) {
      await Promise.all(
        clients.map((client) =>
          client.query({ name: 'rollout_pooler', text: 'SELECT $1::integer AS number', values: [1] }),
        ),
      );
    }
  } catch (error) {
    return [`statements by name do not work: ${messageOf(error)}`];
  } finally {
    for (const client of clients) client.release();
  }
  const { rows } = await pool.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
    [SETTINGS.map(([name]) => name)],
  );
  return SETTINGS.flatMap(([name, ms]) => {
    const setting = Number(rows.find((row) => row.name === name)?.setting);
    return setting > 0 && setting <= ms ? [] : [`${name} is ${setting} ms, and should be ${ms} ms`];
  });
}

/** All of them, or none: one that is kept would keep the pool from its end. */
async function connect(pool: Pool, count: number): Promise<PoolClient[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => pool.connect()));
  const clients = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (clients.length === count) return clients;
  for (const client of clients) client.release();
  const refused = opened.find((each) => each.status === 'rejected');
  throw new Error(`only ${clients.length} of ${count} connections: ${messageOf(refused?.reason)}`);
}
