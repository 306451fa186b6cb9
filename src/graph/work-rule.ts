import { z } from 'zod';

import { activityShape, type ActivityRule } from './activity-rule';
import { stateSchema } from './name-schemas';

export const workSchema = z
  .strictObject({
    ...activityShape,
    success: stateSchema.describe('The state that follows when the activity has succeeded.'),
    failure: stateSchema.describe('The state that follows when it has failed for good.'),
  })
  .describe('An activity that is run when the state is entered.');

/** An activity that is run when the state is entered. */
export interface WorkRule<State extends string = string> extends ActivityRule {
  readonly success: State;
  readonly failure: State;
}
