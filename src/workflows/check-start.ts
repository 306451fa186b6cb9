import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';

import { FAILURE_TYPES } from './activities';

/**
 * Refuses a start that brings along what only an earlier run may carry over: a state, a graph. Temporal tells whether
 * a run continues another. The runs of a cron schedule do so as well, with whatever the caller gave, so an intent
 * takes no such schedule.
 *
 * Fails the workflow with type INVALID_INPUT.
 */
export function checkStart(carried: unknown): void {
  const { cronSchedule, continuedFromExecutionRunId } = workflowInfo();
  if (cronSchedule) refuse('An intent is started once: start its workflow without a cron schedule.');
  if (carried !== undefined && continuedFromExecutionRunId === undefined) {
    refuse('The second argument is what the workflow hands to its own next run: start it with one argument.');
  }
}

function refuse(message: string): never {
  throw ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidInput);
}
