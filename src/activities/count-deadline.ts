import { ApplicationFailure } from '@temporalio/common';

import { deadlineTimes, type DeadlineTimes } from '../graph';
import { FAILURE_TYPES, type CountDeadlineRequest } from '../workflows/activities';
import { messageOf } from './failures';

/** Counts a deadline by what this machine knows of time zones. One that it does not know fails for good. */
export function countDeadline({ rule, from, dueAt }: CountDeadlineRequest): DeadlineTimes {
  try {
    return deadlineTimes(rule, from, dueAt);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw ApplicationFailure.nonRetryable(messageOf(error), FAILURE_TYPES.invalidInput);
  }
}
