import type { z } from 'zod';

import { LIMITS } from './limits';

/** All issues on one line, each with its field: `to: Invalid input: expected string, received number`. */
export function describeIssues(error: z.ZodError): string {
  const lines = error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`,
  );
  return bounded(lines.join('; '));
}

/** A message may hold the sender's own text, an unrecognised key say: made short and storable. */
export function bounded(message: string): string {
  return message.slice(0, LIMITS.messageLength).toWellFormed().replaceAll('\u0000', '\uFFFD');
}
