import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';

import {
  describeIssues,
  reopeningSchema,
  restoreState,
  type Intent,
  type IntentInput,
  type Reopening,
} from '../intent';
import { FAILURE_TYPES } from './activities';
import { auditSink } from './audit-sink';
import { regularActivities, type Recorded } from './record';

/** Whether a workflow is started for an intent that has ended, and not for a new one. */
export function isReopening(input: IntentInput | Reopening): input is Reopening {
  return typeof input === 'object' && input !== null && 'reopen' in input;
}

/**
 * Takes up an intent that has ended, as Postgres has it: nothing that the caller says counts. That moves nothing; the
 * request that comes with it may.
 *
 * It is read by a regular activity, so that it is in history before anything is recorded that follows from it: a second try
 * of a local one would find what the first has led to.
 *
 * Fails the workflow with type INVALID_INPUT or NOT_REOPENED, leaving no row.
 *
 * @returns with it the input that all later runs are given
 */
export async function takeUpIntent(
  input: unknown,
): Promise<{ intent: Intent; recorded: Recorded; input: IntentInput }> {
  const parsed = reopeningSchema.safeParse(input);
  if (!parsed.success) {
    throw ApplicationFailure.nonRetryable(describeIssues(parsed.error), FAILURE_TYPES.invalidInput);
  }
  const { workflowId: id } = workflowInfo();
  const { organizationId } = parsed.data;
  const taken = await regularActivities('reopen').takeUpIntent({ id, organizationId });
  if ('problem' in taken) throw ApplicationFailure.nonRetryable(taken.problem, FAILURE_TYPES.notReopened);
  const { sequence, rejections, votes } = taken.intent;
  const recorded: Recorded = {
    recordedSequence: sequence,
    recordedRejections: rejections,
    ...(votes !== undefined && { recordedVotes: votes }),
    auditHash: taken.auditHash,
    quarantined: null,
    personalSalt: taken.personalSalt,
  };
  auditSink().continued({ ...recorded });
  return { input: taken.input, intent: restoreState(id, taken.intent, taken.input), recorded };
}
