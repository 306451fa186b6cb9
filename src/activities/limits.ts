/** Every bound of the activities themselves. Times are in milliseconds. */
export const ACTIVITY_LIMITS = {
  /** Between two heartbeats of a verification: well below their timeout, and the most that is lost with a worker. */
  heartbeatMs: 5_000,
  /** After a failed attempt to record, in which another begins here, or elsewhere: twice the longest pause between them. */
  failedRecordingMs: 10_000,
  /** For which events are handed on to webhooks before the workflow begins a new run. */
  dispatchRunMs: 3_600_000,
  /** Between two looks for events of organizations that have webhooks. */
  webhooksPauseMs: 500,
  /** Between two looks for events of all organizations. */
  publishAllMs: 60_000,
  /** Events that one look takes, of one webhook. */
  eventsPerLook: 500,
  /** Lanes that are signalled at the same time. */
  lanesAtOnce: 10,
  /** By how much, at most, of itself a pause between attempts to deliver is shorter or longer. */
  retrySpread: 0.1,
  /** For which an attempt to deliver waits for Postgres. */
  postgresMs: 60_000,
} as const;
