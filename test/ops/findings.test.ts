import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FINDING_CODES, formatFinding } from '../../src/ops/findings';

test('the table in the documentation is the table in the code', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'guides', 'verify.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` *\| (.*?) *\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  expect(Object.fromEntries(documented)).toEqual(FINDING_CODES);
});

test('a finding is a line that names the intent and the sequence, where it has them', () => {
  const about = { code: 'SEQUENCE_GAP', detail: '3 comes after 1' } as const;
  expect(formatFinding({ ...about, intentId: '5d0c', sequence: 3 })).toBe(
    'SEQUENCE_GAP intent 5d0c, sequence 3: 3 comes after 1',
  );
  expect(formatFinding(about)).toBe('SEQUENCE_GAP: 3 comes after 1');
});
