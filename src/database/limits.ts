/** Every bound of what this package does in Postgres, for whoever connects. Times are in milliseconds. */
export const DATABASE_LIMITS = {
  /** Connections of one pool. */
  connections: 10,
  workerConnections: 20,
  /** What `DATABASE_POOL_SIZE` may ask for. */
  mostConnections: 500,
  /** To open a connection, or to get one that another caller has. */
  connectMs: 10_000,
  /** The same for the worker, whose local activities have three seconds in all. */
  workerConnectMs: 2_500,
  /** A statement that takes longer is ended by Postgres. */
  statementMs: 10_000,
  /** And given up by us: Postgres can't end a statement whose network is gone. */
  answerMs: 11_000,
  /** A statement that waits longer for somebody else's lock is ended: its message then says why it took so long. */
  lockMs: 5_000,
  /** A transaction that does nothing for so long is ended, so that its locks go. */
  idleInTransactionMs: 60_000,
  /** A count of all rows, for the metrics, is ended by Postgres; and given up by us. */
  countMs: 60_000,
  countAnswerMs: 61_000,
  /** For which starts of workers are kept. */
  workerStartsDays: 30,
  /** For another migration to end. */
  migrationTurnMs: 60_000,
  /** For a migration's lock on a table: all who come after it wait behind it. A migration's own work may take any time. */
  migrationLockMs: 10_000,
} as const;
