import { createHash } from 'node:crypto';

import type { Graph } from '../graph';

/**
 * SHA-256 of a graph's definition, as 64 hexadecimal digits. The order of keys does not matter, that of array
 * items does; `$schema`, which only editors read, is left out.
 */
export function graphFingerprint({ $schema: _schema, ...definition }: Graph): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
