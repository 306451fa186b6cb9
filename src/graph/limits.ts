/** Every bound of a graph's parts. Lengths are in UTF-16 code units. The whole is bounded where it is registered. */
export const GRAPH_LIMITS = {
  nameLength: 63,
  /** Postgres keeps at most 63 bytes of an enum label; the allowed characters take one byte each. */
  stateNameLength: 63,
  titleLength: 200,
  descriptionLength: 2_000,
  /** The largest `integer` of Postgres. */
  version: 2_147_483_647,
  /** What an error shows of a text that is no graph reference. */
  shownReferenceLength: 100,
  activityLength: 200,
  taskQueueLength: 200,
  maximumAttempts: 1_000_000,
  backoffCoefficient: 100,
  nonRetryableErrorTypes: 50,
  errorTypeLength: 200,
  durationYears: 100,
  /** Child intents that one stay in a state may start. */
  children: 100,
  reminders: 20,
  votes: 100,
  roles: 50,
  roleLength: 63,
  becauseLength: 500,
  timeZoneLength: 64,
  expressionLength: 2_000,
  /** Operators, names and literals of an expression. */
  expressionNodes: 500,
  expressionDepth: 50,
  /** Expressions that stay compiled; beyond that the oldest is compiled anew when it is next asked for. */
  compiledExpressions: 1_000,
} as const;

/** What a graph need not say. Not written into it, so that its fingerprint does not depend on them. */
export const GRAPH_DEFAULTS = {
  startToCloseTimeout: 'PT5M',
  maximumAttempts: 3,
  timeZone: 'UTC',
  others: 'cancel',
} as const;
