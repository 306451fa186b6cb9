import { timingSafeEqual } from 'node:crypto';

import type { Queryable } from '../queryable';
import { API_KEY_COLUMNS, type ApiKey } from './api-key';
import { readKey } from './key-text';

/** Compared with where there is no such key, so that the answer takes as long as for one with a wrong secret. */
const NO_HASH = Buffer.alloc(32);

type StoredKey = ApiKey & { secretHash: Buffer };

/**
 * The keys of which these are the texts, in their order, whether or not they have ended; `undefined` where there is none, or
 * its secret is another one.
 */
export async function findApiKeys(
  database: Queryable,
  texts: readonly string[],
): Promise<Array<ApiKey | undefined>> {
  const wanted = texts.map(readKey);
  const ids = [...new Set(wanted.flatMap((parts) => (parts === undefined ? [] : [parts.id])))];
  if (ids.length === 0) return wanted.map(() => undefined);
  const { rows } = await database.query<StoredKey>({
    name: 'find_api_keys',
    text: `SELECT ${API_KEY_COLUMNS}, secret_hash AS "secretHash" FROM intent_api_keys WHERE id = ANY ($1)`,
    values: [ids],
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return wanted.map((parts) => {
    if (parts === undefined) return undefined;
    const stored = byId.get(parts.id);
    const same = timingSafeEqual(stored?.secretHash ?? NO_HASH, parts.secretHash);
    return same && stored !== undefined ? withoutHash(stored) : undefined;
  });
}

function withoutHash({ secretHash: _, ...key }: StoredKey): ApiKey {
  return key;
}
