/** Every bound of the schedule. Times are in milliseconds. */
export const SCHEDULE_LIMITS = {
  /** A run that was due while Temporal was away is made up for only this long. */
  catchUpMs: 60_000,
} as const;
