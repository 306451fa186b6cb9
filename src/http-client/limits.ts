/** Every bound of a client over HTTP. Times are in milliseconds. */
export const HTTP_CLIENT_LIMITS = {
  /** How long a call waits for an outcome or a state when its caller does not say. */
  timeoutMs: 10_000,
  /** How long it may be told to wait. */
  longestTimeoutMs: 86_400_000,
  /** For a call that waits for neither, with all its tries. */
  callMs: 30_000,
  /** One try, beyond what the server was asked to wait; it may wait 10 s for a worker. Then the call is sent again. */
  answerMs: 15_000,
  /** What the server is asked to wait, at most. */
  longestWaitSeconds: 60,
  /** Of the caller's time, what is kept for the way back. */
  wayBackMs: 500,
  /** Before a call is sent again, at first, then twice as long each time; half of it is chance. */
  retryMs: 100,
  longestRetryMs: 5_000,
  /** Between two looks at an outcome, where the server does not wait itself. */
  outcomePauseMs: 100,
  /** Between two looks at a state, at first, then half as long again each time. */
  statePauseMs: 50,
  longestStatePauseMs: 1_000,
  /** Rows of an audit trail in one answer. */
  historyRows: 1_000,
  /** They travel in a header and in a path. */
  requestIdLength: 128,
  idempotencyKeyLength: 512,
  /** What an error shows of an answer that is none of the API's. */
  shownAnswerLength: 200,
} as const;
