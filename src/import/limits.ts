/** Every bound of an import. Times are in milliseconds. */
export const IMPORT_LIMITS = {
  /** A quote that is never closed would otherwise take the rest of the file for one value. */
  rowBytes: 1_000_000,
  /** Rows of the file that are in memory together. */
  windowRows: 1_000,
  /** Cases in flight. Measured on two cores that also ran Temporal, Postgres and the worker. */
  concurrency: 100,
  mostConcurrency: 1_000,
  /** For Temporal's answer to one call. */
  callMs: 30_000,
  /** Without any outcome at all. */
  stallMs: 60_000,
  /** Between two looks for outcomes, longer after each one that found nothing. */
  shortestPauseMs: 20,
  longestPauseMs: 200,
  /** Rows that were not imported, in the summary; all are in the errors file. */
  problemsShown: 20,
  /** Lines that the check names. */
  linesShown: 10,
  /** Intents whose rows one query of the check counts. */
  intentsPerQuery: 5_000,
} as const;
