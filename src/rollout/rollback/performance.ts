import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { CheckError, failed, judged } from '../check';
import type { Measured } from '../report';
import { messageOf } from '../run-checks';
import { INTENT_LANE } from '../smoke/smoke';
import { measure } from '../smoke/measurement';
import type { RollbackCheck } from './rollback';

const FIX = 'intent smoke --json > baseline.json, before a deployment; then give that file with --baseline.';

const baselineSchema = z.object({
  measured: z.object({ transitions: z.number(), p50Ms: z.number().positive(), p95Ms: z.number().positive() }),
});

/** Transitions take no longer than before, by more than a factor. */
export const performanceAcceptable: RollbackCheck = {
  name: 'performance',
  title: 'Performance acceptable',
  step: 'rollback 4',
  lane: INTENT_LANE,
  async run(context) {
    const { baseline: file, maxSlowdown } = context;
    if (file === undefined) return failed('there is nothing to compare with: --baseline is not given', FIX);
    const baseline = await readBaseline(file);
    const now = await measure(context);
    const problems = (['p50Ms', 'p95Ms'] as const).flatMap((of) => {
      const slowdown = now[of] / baseline[of];
      return slowdown <= maxSlowdown
        ? []
        : [
            `${of.slice(0, -2)} is ${now[of]} ms, ${slowdown.toFixed(1)} times the ${baseline[of]} ms of before`,
          ];
    });
    return judged(
      problems,
      `p50 ${now.p50Ms} ms, before ${baseline.p50Ms} ms; p95 ${now.p95Ms} ms, before ${baseline.p95Ms} ms`,
      'Look at the metrics of workers, Temporal and Postgres; docs/reference/metrics.md. --max-slowdown says what is acceptable.',
    );
  },
};

async function readBaseline(file: string): Promise<Measured> {
  try {
    return baselineSchema.parse(JSON.parse(await readFile(file, 'utf8'))).measured;
  } catch (error) {
    const why = error instanceof z.ZodError ? 'it has no figures of intent smoke' : messageOf(error);
    throw new CheckError(`${file}: ${why}`, FIX);
  }
}
