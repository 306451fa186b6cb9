/** Every bound of the activities themselves. Times are in milliseconds. */
export const ACTIVITY_LIMITS = {
  /** Between two heartbeats of a verification: well below their timeout, and the most that is lost with a worker. */
  heartbeatMs: 5_000,
} as const;
