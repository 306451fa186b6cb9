/** Every bound of moving intents in bulk. Times are in milliseconds. */
export const MIGRATION_LIMITS = {
  /** Intents that are read at once; the position is kept after each page. */
  pageIntents: 200,
  /** Requests a second, unless told otherwise: those of apps go first. */
  perSecond: 20,
  mostPerSecond: 1_000,
  /** Requests that wait for their outcome at the same time. */
  inFlight: 50,
  /** For one outcome. Without any other in the meantime the run stops. */
  outcomeMs: 60_000,
} as const;
