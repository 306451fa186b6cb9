import { z } from 'zod';

import type { ProblemBody } from '../problem';
import { PROBLEM_CODES, type ProblemCode } from '../problem-codes';
import { rejectedOutcome } from './outcomes';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened, and what to do' }),
    code: z.enum(Object.keys(PROBLEM_CODES) as [ProblemCode, ...ProblemCode[]]),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).exactOptional(),
    outcome: rejectedOutcome.exactOptional(),
  })
  .meta({ id: 'Problem' }) satisfies z.ZodType<ProblemBody>;

/** Answers that every route may give, by status. */
export function problems(...statuses: number[]) {
  const all = [400, 401, 403, 429, 500, 503, ...statuses];
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: descriptionOf(status),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  );
}

function descriptionOf(status: number): string {
  return Object.entries(PROBLEM_CODES)
    .filter(([, { httpStatus }]) => httpStatus === status)
    .map(([code]) => code)
    .join(', ');
}
