import { readFileSync } from 'node:fs';

import { isScalar, parseDocument, visit } from 'yaml';

import { RULES_FILE } from './rules-file';

/** A minute of the rules takes 3 s. */
const FASTER = 20;
const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const shortened = (duration: string) =>
  duration.replace(/^(\d+)([smhd])$/, (_all, count: string, unit: string) => {
    return `${(Number(count) * (UNITS[unit] ?? 0)) / FASTER}ms`;
  });

/** The rules as they are, but for every duration in them: windows, offsets, pending times and intervals. */
export function quickRules(): string {
  const document = parseDocument(readFileSync(RULES_FILE, 'utf8'));
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string') return;
      const text = value.value;
      if (key.value === 'for' || key.value === 'interval') value.value = shortened(text);
      if (key.value === 'expr') {
        value.value = text
          .replaceAll(/(?<=\[)\d+[smhd](?=\])/g, shortened)
          .replaceAll(/(?<=\boffset )\d+[smhd]\b/g, shortened);
      }
    },
  });
  return document.toString();
}
