/**
 * The names that apps in any language, operators and dashboards rely on. Changing one is a breaking change.
 */
export const INTENT_WORKFLOW_TYPE = 'intentWorkflow';
export const INTENTS_TASK_QUEUE = 'intents';

/** Verifies all intents, on a task queue of its own: however long it takes, no recording waits for it. */
export const VERIFY_WORKFLOW_TYPE = 'verifyIntents';
export const OPERATIONS_TASK_QUEUE = 'intent-operations';

/**
 * Of the deliveries of webhooks: however many receivers do not answer, no other operation waits for them.
 *
 * @example
 * deliveriesTaskQueue('intent-operations') // 'intent-operations-deliveries'
 */
export function deliveriesTaskQueue(operationsTaskQueue: string = OPERATIONS_TASK_QUEUE): string {
  return `${operationsTaskQueue}-deliveries`;
}
/** Of the Temporal Schedule that starts it. */
export const VERIFY_SCHEDULE_ID = 'intent-verify';

/** Hands what has happened on to the webhooks. There is one of it in a namespace. */
export const DISPATCH_WEBHOOKS_WORKFLOW_TYPE = 'dispatchWebhooks';
export const DISPATCH_WEBHOOKS_WORKFLOW_ID = 'intent-webhooks';
/** Delivers what happens to one intent to one webhook, in order. */
export const WEBHOOK_LANE_WORKFLOW_TYPE = 'webhookLane';
export const DELIVER_SIGNAL = 'deliver';
/** Sends a webhook one message that tells nothing, and says what it answers. */
export const TEST_WEBHOOK_WORKFLOW_TYPE = 'testWebhook';

export function webhookLaneId(webhookId: string, intentId: string): string {
  return `intent-webhook-${webhookId}-${intentId}`;
}

/** The one signal. A single name, because the server only keeps the order of signals that share one. */
export const REQUEST_TRANSITION_SIGNAL = 'requestTransition';
/** From a child intent to its parent, when it has ended. */
export const CHILD_ENDED_SIGNAL = 'childEnded';
export const DESCRIBE_QUERY = 'describe';
export const OUTCOME_QUERY = 'outcome';
export const AWAIT_OUTCOME_UPDATE = 'awaitOutcome';

/** Keyword search attribute that holds the intent's recorded state. */
export const INTENT_STATE_SEARCH_ATTRIBUTE = 'IntentState';

/** Request id of every intent's first transition, `null` to the initial state. */
export const CREATION_REQUEST_ID = 'creation';

/** Request id of the cancellation that Temporal's own cancellation asks for. */
export const CANCELLATION_REQUEST_ID = 'temporal-cancellation';

/** Terminal state that a cancellation leads to, in graphs that have it. */
export const CANCELLED_STATE = 'CANCELLED';

/** Begins the ids that the engine gives to malformed requests without one: `invalid:7` for the seventh signal. */
export const INVALID_REQUEST_ID_PREFIX = 'invalid:';

/** Begins the ids of the moves that follow from the graph: `engine:work:7`, where row 7 led into the state. */
export const ENGINE_REQUEST_ID_PREFIX = 'engine:';

/** Whether the engine itself gives this request id. A sender that used it could take the place of a cancellation. */
export function isReservedRequestId(requestId: string): boolean {
  return (
    requestId === CREATION_REQUEST_ID ||
    requestId === CANCELLATION_REQUEST_ID ||
    requestId.startsWith(INVALID_REQUEST_ID_PREFIX) ||
    requestId.startsWith(ENGINE_REQUEST_ID_PREFIX)
  );
}
