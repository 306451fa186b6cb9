import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { VERIFICATION_METRICS } from '../../src/worker/verification-metrics';

test('the table in the documentation is the table in the code', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'reference', 'metrics.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `(intent_\w+)` *\| (.*?) *\|$/gm)].map(([, name, meaning]) => [
    name,
    meaning,
  ]);
  expect(Object.fromEntries(documented)).toEqual(VERIFICATION_METRICS);
});
