import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { RECORDING_METRICS } from '../../src/activities/recording-telemetry';
import { GATEWAY_METRICS } from '../../src/gateway/metrics';
import { RECORD_METRICS } from '../../src/worker/record-metrics';
import { STARTUP_METRICS } from '../../src/worker/startup-metrics';
import { VERIFICATION_METRICS } from '../../src/worker/verification-metrics';
import { WORKFLOW_METRICS } from '../../src/workflows/metrics';

test('the tables in the documentation are the tables in the code', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'reference', 'metrics.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `(intent_\w+)` *\| (.*?) *\|$/gm)].map(([, name, meaning]) => [
    name,
    meaning,
  ]);
  expect(Object.fromEntries(documented)).toEqual({
    ...RECORDING_METRICS,
    ...WORKFLOW_METRICS,
    ...RECORD_METRICS,
    ...STARTUP_METRICS,
    ...VERIFICATION_METRICS,
    ...GATEWAY_METRICS,
  });
});
