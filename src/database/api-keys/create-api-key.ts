import type { Pool, PoolClient } from 'pg';

import { inTransaction } from '../in-transaction';
import { API_KEY_COLUMNS, type ApiKey } from './api-key';
import { newKey } from './key-text';
import type { Scope } from './scopes';

export interface NewApiKey {
  organizationId: string;
  name: string;
  actor: string;
  scopes: readonly Scope[];
  roles?: readonly string[];
  requestsPerMinute?: number | null;
  expiresAt?: Date | null;
}

export interface CreatedApiKey {
  key: ApiKey;
  /** The key itself. It is nowhere kept. */
  text: string;
}

/**
 * Makes a key, as the owner's role.
 *
 * @param by who makes it, for the record of what was done to keys
 */
export async function createApiKey(pool: Pool, wanted: NewApiKey, by: string): Promise<CreatedApiKey> {
  return inTransaction(pool, async (client) => {
    await sayWho(client, by);
    return insertApiKey(client, wanted, null);
  });
}

/** For the record that the table of the keys writes by itself. */
export async function sayWho(client: PoolClient, by: string): Promise<void> {
  await client.query(`SELECT set_config('intent.actor', $1, true)`, [by]);
}

/** @param replaces id of the key in whose place it is made */
export async function insertApiKey(
  client: PoolClient,
  wanted: NewApiKey,
  replaces: string | null,
): Promise<CreatedApiKey> {
  const { id, secretHash, text } = newKey();
  const { rows } = await client.query<ApiKey>(
    `INSERT INTO intent_api_keys
       (id, organization_id, name, actor, secret_hash, scopes, roles, requests_per_minute, expires_at, replaces)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     RETURNING ${API_KEY_COLUMNS}`,
    [
      id,
      wanted.organizationId,
      wanted.name,
      wanted.actor,
      secretHash,
      wanted.scopes,
      wanted.roles ?? [],
      wanted.requestsPerMinute ?? null,
      wanted.expiresAt ?? null,
      replaces,
    ],
  );
  return { key: rows[0] as ApiKey, text };
}
