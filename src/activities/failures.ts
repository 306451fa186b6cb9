import { ApplicationFailure } from '@temporalio/common';

import { isRefusal, SQL_STATES, sqlStateOf } from '../database/sql-states';
import { bounded } from '../intent';
import { FAILURE_TYPES } from '../workflows/activities';

/**
 * Tells Temporal which errors of Postgres no repetition can mend. Everything else, a lost connection, a gap, a
 * missing privilege, is left to be tried again.
 */
export function toFailure(error: unknown): unknown {
  const message = messageOf(error);
  switch (sqlStateOf(error)) {
    case SQL_STATES.GRAPH_NOT_REGISTERED:
      return ApplicationFailure.nonRetryable(message, FAILURE_TYPES.graphNotRegistered);
    case SQL_STATES.ALREADY_EXISTS:
      return ApplicationFailure.nonRetryable(message, FAILURE_TYPES.alreadyExists);
    default:
      return isRefusal(error)
        ? ApplicationFailure.nonRetryable(message, FAILURE_TYPES.outcomeRefused)
        : error;
  }
}

/** What an error says, short enough to be kept with the intent and as evidence. */
export function messageOf(error: unknown): string {
  return bounded(error instanceof Error ? error.message : String(error));
}
