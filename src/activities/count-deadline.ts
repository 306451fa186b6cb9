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
    const message = `the worker can't count in the time zone ${rule.timeZone}: ${messageOf(error)}`;
    throw ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidInput);
  }
}
