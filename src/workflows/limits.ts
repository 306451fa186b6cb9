/** Every bound of the workflow itself; those of what it decides are in `src/intent/limits.ts`. Times are in milliseconds. */
export const WORKFLOW_LIMITS = {
  /** Postgres gets three seconds in all; then a regular activity takes over, and the workflow task is free. */
  localActivityMs: 3_000,
  localActivityAttempts: 3,
  localRetryMs: 100,
  /** One attempt of a regular activity. Their number is not bounded: an outcome is recorded, however late. */
  regularActivityMs: 15_000,
  regularRetryMs: 500,
  regularRetryGrowth: 1.5,
  longestRegularRetryMs: 5_000,
  /** A deadline that is further away is waited for by one timer after the other, since servers cut long ones short. */
  longestTimerMs: 31_536_000_000,
  /** Between two looks at what became of children, at first and at most; they tell when they end, if they can. */
  childrenLookMs: 5_000,
  childrenLookGrowth: 2,
  longestChildrenLookMs: 600_000,
  /** A run that is long is left when no activity of the graph's runs; beyond so many events all the same. */
  historyEventsAtMost: 20_000,
  /** Events of a run's history, after which the next decision belongs into a new run. */
  historyEvents: 1_000,
  /** And after which it is left without one: requests that change nothing, repeated ones say, bring none. */
  historyEventsUndecided: 2_000,
  /** Unless what is carried over would be more than one part in so many of the history. */
  historyPerCarriedByte: 4,
  /** Unrecorded outcomes that are carried over: those of the backlog, and refusals that piled up behind it. */
  carriedBytes: 384_000,
  /** One try of a verification. */
  verifyMs: 43_200_000,
  /** A worker that was killed is missed after this long, and another goes on. */
  verifyHeartbeatMs: 20_000,
  /** A quarter of an hour, if each fails at once. */
  verifyAttempts: 20,
  /** One try to note that a verification failed. */
  noteFailureMs: 30_000,
  /** All tries: while Postgres is away nothing can be verified either, so there is no hurry to give up. */
  noteFailureInAllMs: 3_600_000,
  /** Between two tries of either, at first and at most. */
  verifyRetryMs: 1_000,
  longestVerifyRetryMs: 60_000,
  /** One run of what hands events on to webhooks, and some more: it ends by itself. */
  dispatchMs: 7_200_000,
  /** Without a sign of it; then another worker goes on. The same for one attempt to deliver. */
  webhookHeartbeatMs: 20_000,
  /** One attempt to deliver, with the time that Postgres may take to come back. */
  deliverMs: 120_000,
  /** Pauses after each attempt, as Standard Webhooks has them: some three days in all. */
  webhookRetry1Ms: 5_000,
  webhookRetry2Ms: 300_000,
  webhookRetry3Ms: 1_800_000,
  webhookRetry4Ms: 7_200_000,
  webhookRetry5Ms: 18_000_000,
  webhookRetry6Ms: 36_000_000,
  webhookRetry7Ms: 50_400_000,
  webhookRetry8Ms: 72_000_000,
  webhookRetry9Ms: 86_400_000,
  /** A lane that is asked to deliver nothing ends after this long. */
  laneIdleMs: 60_000,
  /** Events of a lane's history, after which it goes on in a new run. */
  laneHistoryEvents: 1_000,
} as const;
