import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import {
  AWAIT_OUTCOME_UPDATE,
  CHILD_ENDED_SIGNAL,
  DELIVER_SIGNAL,
  DESCRIBE_QUERY,
  OUTCOME_QUERY,
  REQUEST_TRANSITION_SIGNAL,
  type IntentDescription,
  type Outcome,
} from '../intent';

/** Anybody may send anything, so the payload is `unknown` until it is parsed. */
export const requestTransitionSignal = defineSignal<[payload: unknown]>(REQUEST_TRANSITION_SIGNAL);
/** Only says that it is time to look, so it does not matter in which order it comes, nor who sends it. */
export const childEndedSignal = defineSignal(CHILD_ENDED_SIGNAL);
/** From what hands events on, to a lane. Anybody may send anything here, too. */
export const deliverSignal = defineSignal<[items: unknown]>(DELIVER_SIGNAL);
export const describeQuery = defineQuery<IntentDescription>(DESCRIBE_QUERY);
export const outcomeQuery = defineQuery<Outcome | null, [requestId: string]>(OUTCOME_QUERY);
export const awaitOutcomeUpdate = defineUpdate<Outcome, [requestId: string]>(AWAIT_OUTCOME_UPDATE);
