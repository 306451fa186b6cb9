import type { Pool } from 'pg';

import { inTransaction } from '../in-transaction';
import { API_KEY_COLUMNS, endOf, type ApiKey } from './api-key';
import { insertApiKey, sayWho, type CreatedApiKey } from './create-api-key';

/** Why a key can't be rotated. */
export type NotRotated = 'unknown' | 'revoked' | 'expired' | 'replaced';

/**
 * Makes a key in the place of another, which goes on for a while, so that its users can change over.
 *
 * @param graceMs how long the old one goes on, milliseconds; never longer than it would have
 * @param expiresAt of the new one
 */
export async function rotateApiKey(
  pool: Pool,
  id: string,
  { graceMs, expiresAt, by }: { graceMs: number; expiresAt: Date | null; by: string },
): Promise<CreatedApiKey | NotRotated> {
  return inTransaction(pool, async (client) => {
    await sayWho(client, by);
    const { rows } = await client.query<ApiKey & { now: Date; replaced: boolean }>(
      `SELECT ${API_KEY_COLUMNS}, clock_timestamp() AS now,
              EXISTS (SELECT FROM intent_api_keys n WHERE n.replaces = k.id) AS replaced
         FROM intent_api_keys k WHERE id = $1 FOR UPDATE`,
      [id],
    );
    const old = rows[0];
    if (old === undefined) return 'unknown';
    const ended = endOf(old, old.now);
    if (ended !== undefined) return ended;
    if (old.replaced) return 'replaced';
    const created = await insertApiKey(client, { ...old, expiresAt }, id);
    await client.query(
      `UPDATE intent_api_keys
          SET expires_at = least(expires_at, clock_timestamp() + $2 * interval '1 millisecond') WHERE id = $1`,
      [id, graceMs],
    );
    return created;
  });
}
