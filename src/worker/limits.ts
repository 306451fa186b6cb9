/** Every bound of the worker process that is not one of its database. Times are in milliseconds. */
export const WORKER_LIMITS = {
  /** Activities in flight get this long to finish when the worker is told to stop. */
  drainMs: 10_000,
  /** Between two looks at the newest verification, for the metrics. */
  metricsMs: 5_000,
  /** Characters of a deployment's name, and of a build id. */
  versionNameLength: 200,
} as const;
