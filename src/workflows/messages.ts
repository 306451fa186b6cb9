import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import {
  AWAIT_OUTCOME_UPDATE,
  DESCRIBE_QUERY,
  OUTCOME_QUERY,
  REQUEST_TRANSITION_SIGNAL,
  type IntentDescription,
  type Outcome,
} from '../intent';

/** Anybody may send anything, so the payload is `unknown` until it is parsed. */
export const requestTransitionSignal = defineSignal<[payload: unknown]>(REQUEST_TRANSITION_SIGNAL);
export const describeQuery = defineQuery<IntentDescription>(DESCRIBE_QUERY);
export const outcomeQuery = defineQuery<Outcome | null, [requestId: string]>(OUTCOME_QUERY);
export const awaitOutcomeUpdate = defineUpdate<Outcome, [requestId: string]>(AWAIT_OUTCOME_UPDATE);
