import { z } from 'zod';

import { hasFixedLength, parseDuration } from './duration';
import { GRAPH_LIMITS } from './limits';
import { countSchema, textSchema } from './name-schemas';

/** A duration in ISO 8601. */
export const durationSchema = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, {
    error: `must be an ISO 8601 duration such as \`PT30S\`, \`P14D\` or \`P1M\`, more than nothing and at most ${GRAPH_LIMITS.durationYears} years`,
  })
  .meta({
    pattern: '^P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+([.][0-9]+)?S)?)?$',
  });

/** A duration that is the same length whenever it begins. */
const timeoutSchema = durationSchema.refine(hasFixedLength, {
  error: 'must not have years or months, which differ in length: write it in days, hours, minutes or seconds',
});

const retrySchema = z
  .strictObject({
    maximumAttempts: countSchema(GRAPH_LIMITS.maximumAttempts)
      .optional()
      .describe('How often it is tried in all; 3 if absent.'),
    initialInterval: timeoutSchema.optional().describe('Pause before the first repetition; 1 s if absent.'),
    backoffCoefficient: z
      .number()
      .min(1, { error: 'must be 1 or more' })
      .max(GRAPH_LIMITS.backoffCoefficient, { error: `must be at most ${GRAPH_LIMITS.backoffCoefficient}` })
      .optional()
      .describe('Growth of that pause; 2 if absent.'),
    maximumInterval: timeoutSchema.optional().describe('The longest pause.'),
    nonRetryableErrorTypes: z
      .array(textSchema(GRAPH_LIMITS.errorTypeLength))
      .max(GRAPH_LIMITS.nonRetryableErrorTypes, {
        error: `must have at most ${GRAPH_LIMITS.nonRetryableErrorTypes} types`,
      })
      .optional()
      .describe('Types of failures that are not tried again.'),
  })
  .describe('Retry policy of the activity.');

/** What a rule says of the activity that it runs. */
export const activityShape = {
  activity: textSchema(GRAPH_LIMITS.activityLength).describe('Name of the activity, in any language.'),
  taskQueue: textSchema(GRAPH_LIMITS.taskQueueLength).describe('Task queue of the workers that have it.'),
  startToCloseTimeout: timeoutSchema.optional().describe('One try of it; 5 minutes if absent.'),
  scheduleToStartTimeout: timeoutSchema.optional().describe('Wait for a worker.'),
  scheduleToCloseTimeout: timeoutSchema.optional().describe('All tries together.'),
  heartbeatTimeout: timeoutSchema.optional().describe('Without a heartbeat of it.'),
  retry: retrySchema.optional(),
};

/** An activity with its task queue, timeouts and retry policy. */
export type ActivityRule = Readonly<z.output<z.ZodObject<typeof activityShape, z.core.$strict>>>;
