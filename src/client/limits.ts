/** Every bound of a client. Times are in milliseconds. */
export const CLIENT_LIMITS = {
  /** How long a call waits when its caller does not say. */
  timeoutMs: 10_000,
  /** How long it may be told to wait; a timer of Node takes 24 days at most and fires at once beyond. */
  longestTimeoutMs: 86_400_000,
  /** For Temporal's answer to a call that waits for no outcome. */
  callMs: 30_000,
  /** Calls of `transition` and `waitForState` that wait at the same time. */
  waitingCalls: 10_000,
  idempotencyKeyLength: 512,
  /** What one query asks for on behalf of all who wait. */
  keysPerQuery: 1_000,
  /** Between two queries. */
  shortestPauseMs: 1,
  longestPauseMs: 250,
  /** A query that began before a waiter's deadline may take this much longer; a server that hangs may not. */
  lastLookMs: 250,
  /** Above 10 in flight on one workflow the server pushes back, and a hundred take seconds instead of 0.4 s. */
  updatesInFlightPerIntent: 8,
  /** Between two queries of a workflow, for whoever finds no place among the Updates. */
  queryPauseMs: 100,
} as const;
