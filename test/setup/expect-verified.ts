import { verify } from '../../src/ops/verify';
import { fromEnvironment, type IntentEnvironment } from './intent-environment';

/** Replays every intent of a test file: the histories must yield exactly the rows that Postgres has. */
export async function expectVerified({ pool, temporal }: IntentEnvironment): Promise<void> {
  const complaints: unknown[] = [];
  const summary = await verify({
    mode: 'full',
    pool,
    client: temporal,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    onFinding: (finding) => complaints.push(finding),
    onUnchecked: (intentId, reason) => complaints.push({ intentId, reason }),
  });
  expect(complaints).toEqual([]);
  expect(summary.witnessed).toBeGreaterThan(0);
}
