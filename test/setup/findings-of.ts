import type { Finding } from '../../src/ops/findings';
import { verify, type VerifyMode } from '../../src/ops/verify';
import { fromEnvironment, type IntentEnvironment } from './intent-environment';

/**
 * What verification says of intents: a line for each finding, by default its code, and the reason why one could not be
 * checked.
 *
 * @param of the intents of these ids, or of an organization
 */
export async function findingsOf(
  { pool, temporal }: Pick<IntentEnvironment, 'pool' | 'temporal'>,
  of: { ids: string[] } | { organizationId: string },
  {
    mode = 'full',
    line = ({ code }) => code,
  }: { mode?: VerifyMode; line?: (finding: Finding) => string } = {},
): Promise<string[]> {
  const lines: string[] = [];
  await verify({
    mode,
    pool,
    client: temporal,
    ...of,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    onFinding: (finding) => lines.push(line(finding)),
    onUnchecked: (_id, reason) => lines.push(reason),
  });
  return lines;
}

/** A line for {@link findingsOf} that says what was found, too. */
export const withDetail = ({ code, detail }: Finding): string => `${code}: ${detail}`;
