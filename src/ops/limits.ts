/** Every bound of `intent verify`, `intent reconcile` and `intent purge`. Times are in milliseconds. */
export const OPS_LIMITS = {
  /** Intents whose rows are checked by one statement. */
  pageIntents: 200,
  /** The same where Temporal is left out, and what a statement costs at all is most of it. */
  sqlPageIntents: 1_000,
  /** Intents that are compared with Temporal at the same time: while one is replayed, others are fetched. */
  inFlight: 8,
  /** For a workflow's answer to a query. Temporal looks for a worker that was killed for up to 10 s, then asks another. */
  queryMs: 15_000,
  /** Looks at an intent that may be about to change, and the pause between two. */
  looks: 20,
  lookPauseMs: 250,
  /** Workflows of Temporal that one query looks for in Postgres. */
  idsPerQuery: 500,
  /** For visibility and a new intent's first row, which come a moment later than its workflow. */
  newIntentMs: 2_000,
  /** For Temporal to delete histories, which it does in the background, and the pause between two looks. */
  deletionMs: 120_000,
  deletionPauseMs: 500,
  /** What a finding shows of a value. */
  shownLength: 60,
} as const;
