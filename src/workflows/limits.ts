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
} as const;
