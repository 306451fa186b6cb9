import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';

/** Names of metrics in an expression, without those of labels; `intent:…` are those of recording rules. */
export function metricsOf(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right) *\([^)]*\)/g, '');
  const words = [...bare.matchAll(/(?<![\w:.$])[a-zA-Z_][\w:]*(?! *\()\b/g)].map(([word]) => word);
  const keywords = new Set(['or', 'and', 'unless', 'offset', 'bool', 'by', 'on', 'inf']);
  return [...new Set(words.filter((word) => !keywords.has(word)))];
}

/** Metrics that Temporal's SDK can serve, by its source: some are there only once something has failed. */
export function metricsOfSdk(): Set<string> {
  const crates = join(CHECKOUT, 'node_modules/@temporalio/core-bridge/sdk-core/crates');
  const text = ['common', 'sdk-core']
    .map((crate) => readFileSync(join(crates, crate, 'src/telemetry/metrics.rs'), 'utf8'))
    .join('');
  return new Set([...text.matchAll(/"([a-z_]+)"/g)].map(([, name = '']) => `temporal_${name}`));
}

/** Our own, by the reference page, which tests hold equal to the code. */
export function documentedMetrics(): Set<string> {
  const page = readFileSync(join(CHECKOUT, 'docs', 'reference', 'metrics.md'), 'utf8');
  return new Set([...page.matchAll(/^\| `(intent_\w+)/gm)].map(([, name = '']) => name));
}

/** A histogram's name, which its series have with an ending. */
export const familyOf = (metric: string): string => metric.replace(/_(bucket|count|sum)$/, '');
