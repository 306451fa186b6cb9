import { verify } from '../../src/ops/verify';
import { fromEnvironment, type IntentEnvironment } from './intent-environment';

/**
 * Replays every intent of a test file: the histories must yield exactly the rows that Postgres has.
 *
 * @param codePath of the workflow code that replays them; default: that of the checkout
 */
export async function expectVerified(
  { pool, temporal }: IntentEnvironment,
  codePath = fromEnvironment('TEST_WORKFLOW_BUNDLE'),
): Promise<void> {
  const complaints: unknown[] = [];
  // These alone: the intents of all other test files are in the same Temporal.
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM intent_workflows');
  const summary = await verify({
    mode: 'full',
    pool,
    client: temporal,
    ids: rows.map(({ id }) => id),
    workflowBundle: { codePath },
    onFinding: (finding) => complaints.push(finding),
    onUnchecked: (intentId, reason) => complaints.push({ intentId, reason }),
  });
  expect(complaints).toEqual([]);
  expect(summary.witnessed).toBeGreaterThan(0);
}
