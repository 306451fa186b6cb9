import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';

import { isIntentId } from '../intent';
import { inTransaction } from './in-transaction';
import type { Queryable } from './queryable';

const READER = 'intent_reader';
const GATEWAY = 'intent_gateway';

/**
 * Runs statements for one organization: each in a transaction as the reader's role, under row level security. Whatever a
 * statement forgets to ask for, it sees no other organization. Takes a place behind a transaction pooler too.
 *
 * @param pool of a role that is a member of `intent_reader`
 *
 * @example
 * const mine = organizationSession(pool, organizationId);
 * const history = await readHistory(mine, intentId); // empty, if the intent is another organization's
 */
export function organizationSession(pool: Pool, organizationId: string): Queryable {
  const begin = beginStatement('BEGIN READ ONLY', READER, organizationId);
  const query = <Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<Row>> =>
    inTransaction(pool, (client) => ask<Row>(client, statement, values), { begin });
  return { query: query as Queryable['query'] };
}

/**
 * Runs `work` for one organization in a transaction as the gateway's role, under row level security: what it may write at
 * all it can write for no other organization.
 *
 * @param pool of a login that is `intent_gateway`, or a member of it
 */
export function inOrganization<T>(
  pool: Pool,
  organizationId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, work, { begin: beginStatement('BEGIN', GATEWAY, organizationId) });
}

function ask<Row extends QueryResultRow>(
  client: PoolClient,
  statement: string | QueryConfig,
  values: unknown[] | undefined,
): Promise<QueryResult<Row>> {
  return typeof statement === 'string' ? client.query<Row>(statement, values) : client.query<Row>(statement);
}

/** One round trip in place of three. A statement of several takes no parameters, so the id is checked and written in. */
function beginStatement(begin: string, role: string, organizationId: string): string {
  if (!isIntentId(organizationId)) {
    throw new RangeError(
      `organizationId: must be a UUID in lower case, not ${JSON.stringify(organizationId)}`,
    );
  }
  return (
    `${begin}; SET LOCAL ROLE ${role}; ` +
    `SELECT set_config('intent.organization_id', '${organizationId}', true)`
  );
}
