import { z } from 'zod';

import { activityShape, type ActivityRule } from './activity-rule';
import { stateSchema } from './name-schemas';

export const undoSchema = z
  .strictObject(activityShape)
  .describe('An activity that undoes what entering the state has done, when the intent is cancelled.');

/** An activity that undoes what entering the state has done. */
export type UndoRule = ActivityRule;

export const cancellationSchema = z.strictObject({
  through: stateSchema.describe(
    'The state in which the activities of `undo` run. It leads to CANCELLED and to `failed`.',
  ),
  failed: stateSchema.describe('The state that follows when one of them has failed for good.'),
});

/** Where a cancelled intent goes while it is undone. */
export interface CancellationRule<State extends string = string> {
  readonly through: State;
  readonly failed: State;
}
