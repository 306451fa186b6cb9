import type { Pool } from 'pg';

import { inTransaction } from '../in-transaction';
import { API_KEY_COLUMNS, type ApiKey } from './api-key';
import { sayWho } from './create-api-key';

/** Ends a key at once. Once more changes nothing. `undefined` when there is no such key. */
export async function revokeApiKey(pool: Pool, id: string, by: string): Promise<ApiKey | undefined> {
  return inTransaction(pool, async (client) => {
    await sayWho(client, by);
    const { rows } = await client.query<ApiKey>(
      `UPDATE intent_api_keys SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE id = $1
       RETURNING ${API_KEY_COLUMNS}`,
      [id],
    );
    return rows[0];
  });
}
