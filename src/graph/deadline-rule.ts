import { z } from 'zod';

import { activityShape, durationSchema, type ActivityRule } from './activity-rule';
import { expressionSchema } from './expression-schema';
import { GRAPH_LIMITS } from './limits';
import { stateSchema, textSchema } from './name-schemas';

const reminderSchema = z
  .strictObject({
    before: durationSchema.describe('How long before the deadline.'),
    ...activityShape,
  })
  .describe('An activity that is run before the deadline.');

export const deadlineSchema = z
  .strictObject({
    after: durationSchema.optional().describe('How long after the state was entered.'),
    at: expressionSchema.optional().describe('When: a time in ISO 8601, as text or timestamp.'),
    to: stateSchema.describe('The state that follows when the time is over.'),
    timeZone: textSchema(GRAPH_LIMITS.timeZoneLength)
      .optional()
      .describe(
        'Time zone in which days, months and years are counted, such as Europe/Amsterdam; UTC if absent.',
      ),
    reminders: z
      .array(reminderSchema)
      .max(GRAPH_LIMITS.reminders, { error: `must have at most ${GRAPH_LIMITS.reminders} reminders` })
      .optional()
      .describe('Activities that are run before the deadline.'),
  })
  .describe('When the state is left by itself. It has either `after` or `at`.');

/** An activity that is run before a deadline. */
export interface ReminderRule extends ActivityRule {
  readonly before: string;
}

/** When the state is left by itself: either `after` or `at`. */
export interface DeadlineRule<State extends string = string> {
  readonly after?: string | undefined;
  readonly at?: string | undefined;
  readonly to: State;
  readonly timeZone?: string | undefined;
  readonly reminders?: readonly ReminderRule[] | undefined;
}
