/** Every bound of moving intents in bulk. Times are in milliseconds. */
export const MIGRATION_LIMITS = {
  /** Intents that are read at once; the position is kept after each page. */
  pageIntents: 200,
  /** Requests a second, unless told otherwise: those of apps go first. */
  perSecond: 20,
  mostPerSecond: 1_000,
  /** Requests that wait for their outcome at the same time. */
  inFlight: 50,
  /** Between two requests to an intent that another one moves at the moment, that of a run which was killed say. */
  busyPauseMs: 500,
  /** Such requests to an intent; the pause becomes longer by itself each time. */
  attempts: 8,
  /** For one outcome. Without any other in the meantime the run stops. */
  outcomeMs: 60_000,
} as const;
