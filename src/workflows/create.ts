import { ApplicationFailure, workflowInfo, type WorkflowInfo } from '@temporalio/workflow';

import {
  CREATION_REQUEST_ID,
  isIntentId,
  parseIntentInput,
  RememberedOutcomes,
  WorkResults,
  type DecidedTransition,
  type Intent,
} from '../intent';
import { initialState, undoOf } from '../graph';
import { FAILURE_TYPES } from './activities';
import { auditSink } from './audit-sink';
import { countTransition, noteRecorded } from './metrics';
import { localFirst, permanentFailure, type Recorded } from './record';

/**
 * Creates the intent: transition 1, from nothing to the initial state. The graph that Postgres stored with it is
 * the intent's graph for life, so a version that is registered later changes nothing here.
 *
 * Fails the workflow with type INVALID_INPUT, GRAPH_NOT_REGISTERED or ALREADY_EXISTS, leaving no row.
 */
export async function createIntent(input: unknown): Promise<{ intent: Intent; recorded: Recorded }> {
  const { workflowId: id, firstExecutionRunId: runId } = workflowInfo();
  if (!isIntentId(id)) {
    throw ApplicationFailure.nonRetryable(
      `The Workflow ID is the intent's id and must be a UUID in lower case, not ${JSON.stringify(id)}`,
      FAILURE_TYPES.invalidInput,
    );
  }
  const parsed = parseIntentInput(input);
  if (!parsed.valid) throw ApplicationFailure.nonRetryable(parsed.message, FAILURE_TYPES.invalidInput);

  const { occurredAt, graph, generation, ...given } = parsed.input;
  const details = { ...given, ...parentOf(workflowInfo()) };
  const request = { ...details, graph, id, runId, transitionedAt: occurredAt ?? new Date().toISOString() };
  const since = Date.now();
  const created = await localFirst('create', true, (activities) => activities.createIntent(request)).catch(
    (error: unknown) => {
      const failure = permanentFailure(error);
      throw failure === undefined ? error : ApplicationFailure.nonRetryable(failure.message, failure.type);
    },
  );

  countTransition();
  noteRecorded(since);

  const state = initialState(created.graph);
  const outcomes = new RememberedOutcomes();
  const { createdBy, metadata } = details;
  const creation: DecidedTransition = {
    status: 'applied',
    sequence: 1,
    requestId: CREATION_REQUEST_ID,
    previousState: null,
    newState: state,
    transitionedAt: created.transitionedAt,
    ...(createdBy !== undefined && { actor: createdBy }),
    ...(created.graphVersion !== undefined && { graphVersion: created.graphVersion }),
  };
  outcomes.add(creation);
  auditSink().created({ ...details }, created.graph, created.personalSalt ?? null);
  auditSink().recorded([{ ...creation, hash: created.hash }], []);
  return {
    intent: {
      id,
      organizationId: details.organizationId,
      title: details.title,
      metadata,
      createdBy,
      generation: generation ?? 0,
      graph: created.graph,
      graphSince: 1,
      migration: undefined,
      state,
      sequence: 1,
      entry: 1,
      enteredBy: createdBy,
      paused: false,
      rejections: 0,
      votes: 0,
      openVotes: [],
      received: 0,
      outcomes,
      results: new WorkResults(),
      undoable: undoOf(created.graph, state) === undefined ? [] : [state],
    },
    recorded: {
      recordedSequence: 1,
      recordedRejections: 0,
      auditHash: created.hash,
      quarantined: null,
      ...(created.personalSalt !== undefined && { personalSalt: created.personalSalt }),
    },
  };
}

/** The intent, or another workflow with a UUID as its id, that started this one as its child. */
function parentOf({ parent }: WorkflowInfo): { parentId?: string } {
  return parent !== undefined && isIntentId(parent.workflowId) ? { parentId: parent.workflowId } : {};
}
