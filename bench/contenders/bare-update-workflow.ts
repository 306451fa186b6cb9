import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

export interface UpdateRequest {
  requestId: string;
  to: string;
  expectedState: string;
  actor: string;
}

/** What a run hands on to the next. */
export interface BareState {
  state: string;
  applied: number;
}

export const moveUpdate = defineUpdate<boolean, [UpdateRequest]>('move');
export const appliedQuery = defineQuery<number>('applied');

/**
 * The least that Temporal can do for a state machine: a variable, changed by an Update if it is what the caller
 * expects. No activity, no graph, no memory of requests, nothing outside of Temporal.
 */
export async function bareUpdateWorkflow({ state, applied }: BareState): Promise<void> {
  setHandler(moveUpdate, ({ to, expectedState }) => {
    if (state !== expectedState) return false;
    state = to;
    applied += 1;
    return true;
  });
  setHandler(appliedQuery, () => applied);
  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  await continueAsNew<typeof bareUpdateWorkflow>({ state, applied });
}
