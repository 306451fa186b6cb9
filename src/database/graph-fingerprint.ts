import { createHash } from 'node:crypto';

import type { Graph } from '../graph';
import { canonicalJson } from './canonical-json';

/**
 * SHA-256 of a graph's definition, as 64 hexadecimal digits. The order of keys does not matter, that of array
 * items does; `$schema`, which only editors read, is left out.
 */
export function graphFingerprint({ $schema: _schema, ...definition }: Graph): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}
