import { z } from 'zod';

import { graphReferenceSchema } from '../graph';
import { describeIssues } from './describe-issues';
import { LIMITS } from './limits';
import { metadataSchema } from './metadata';
import { occurredAtSchema } from './occurred-at';
import { storableText } from './text';

/** Graph of an intent that names none. */
export const DEFAULT_GRAPH = 'content-intent';

const uuid = z.guid({ error: 'must be a UUID' }).transform((text) => text.toLowerCase());

/** Input of the workflow type `intentWorkflow`. */
export const intentInputSchema = z.strictObject({
  organizationId: uuid,
  graph: graphReferenceSchema.default(DEFAULT_GRAPH),
  title: storableText(LIMITS.titleLength).optional(),
  metadata: metadataSchema.optional(),
  createdBy: storableText(LIMITS.actorLength).optional(),
  /** How many intents up its line of parents has. Given by a parent to its children. */
  generation: z.int().min(0).max(LIMITS.generations).optional(),
  /** When the intent really came to be, for imports. */
  occurredAt: occurredAtSchema.optional(),
});

/**
 * Input of the same workflow type where it takes up an intent that has ended. The state it has is read from Postgres.
 *
 * @public The frozen messages read it.
 */
export const reopeningSchema = z.strictObject({ organizationId: uuid, reopen: z.literal(true) });

export type Reopening = z.input<typeof reopeningSchema>;

export type IntentInput = z.input<typeof intentInputSchema>;
export type ParsedIntentInput = z.output<typeof intentInputSchema>;

/** Whether `text` is a UUID as Postgres writes it, in lower case: then it is one id in Temporal and Postgres. */
export function isIntentId(text: string): boolean {
  return uuid.safeParse(text).success && text === text.toLowerCase();
}

/** Reads the workflow's input. Throws nothing: what is wrong is named field by field. */
export function parseIntentInput(
  input: unknown,
): { valid: true; input: ParsedIntentInput } | { valid: false; message: string } {
  const result = intentInputSchema.safeParse(input);
  return result.success
    ? { valid: true, input: result.data }
    : { valid: false, message: describeIssues(result.error) };
}
