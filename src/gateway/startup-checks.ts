import type { Pool } from 'pg';

import { isUnavailable } from '../database/is-unavailable';
import { schemaProblem } from '../database/pending-migrations';

/** Why a gateway must not start; the message names the variable or the command that helps. */
class StartupCheckError extends Error {
  override readonly name = 'StartupCheckError';
}

/**
 * Checks that the schema is the one that this version needs, and that the login may read for organizations. With Postgres
 * away it returns `false`: the gateway starts, and says so at /readyz.
 *
 * @throws StartupCheckError
 */
export async function checkDatabase(pool: Pool): Promise<boolean> {
  try {
    const problem = await schemaProblem(pool);
    if (problem !== undefined) throw new StartupCheckError(problem);
    await checkRole(pool);
    return true;
  } catch (error) {
    if (isUnavailable(error)) return false;
    throw error;
  }
}

async function checkRole(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ login: string; reads: boolean; keys: boolean }>(
    `SELECT session_user::text AS login, pg_has_role('intent_reader', 'MEMBER') AS reads,
            has_table_privilege('intent_api_keys', 'SELECT') AS keys`,
  );
  const { login, reads, keys } = rows[0] as (typeof rows)[0];
  if (reads && keys) return;
  throw new StartupCheckError(
    `GATEWAY_DATABASE_URL: ${login} may not do what the gateway does. Use a login of the role intent_gateway: ` +
      `ALTER ROLE intent_gateway LOGIN PASSWORD '…', or GRANT intent_gateway TO ${login}`,
  );
}
