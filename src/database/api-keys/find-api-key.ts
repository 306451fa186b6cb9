import { timingSafeEqual } from 'node:crypto';

import type { Queryable } from '../queryable';
import { API_KEY_COLUMNS, type ApiKey } from './api-key';
import { readKey } from './key-text';

/** Compared with where there is no such key, so that the answer takes as long as for one with a wrong secret. */
const NO_HASH = Buffer.alloc(32);

/**
 * The key of which this is the text, whether or not it has ended; `undefined` when there is none, or its secret is
 * another one.
 */
export async function findApiKey(database: Queryable, text: string): Promise<ApiKey | undefined> {
  const parts = readKey(text);
  if (parts === undefined) return undefined;
  const { rows } = await database.query<ApiKey & { secretHash: Buffer }>({
    name: 'find_api_key',
    text: `SELECT ${API_KEY_COLUMNS}, secret_hash AS "secretHash" FROM intent_api_keys WHERE id = $1`,
    values: [parts.id],
  });
  const { secretHash = NO_HASH, ...key } = rows[0] ?? {};
  const same = timingSafeEqual(secretHash, parts.secretHash);
  return same && rows[0] !== undefined ? (key as ApiKey) : undefined;
}
