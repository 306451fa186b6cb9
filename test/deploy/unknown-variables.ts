import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';

/** Node's own. */
const OF_NODE = ['NODE_ENV', 'NODE_OPTIONS'];

const REFERENCE = readFileSync(join(CHECKOUT, 'docs', 'reference', 'environment.md'), 'utf8');

/** Of the given variables those that the engine's programs do not read, by the page that lists them. */
export function unknownVariables(names: string[]): string[] {
  return names.filter((name) => !OF_NODE.includes(name) && !REFERENCE.includes(`\`${name}\``));
}
