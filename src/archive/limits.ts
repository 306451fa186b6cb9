/** Every bound of `intent archive`. Times are in milliseconds. */
export const ARCHIVE_LIMITS = {
  /** Intents that one transaction moves to the archive tables, unless told otherwise. */
  tableBatchIntents: 200,
  /** Intents that one transaction moves to a file, unless told otherwise. */
  fileBatchIntents: 1_000,
  /** Intents that one transaction moves at most. */
  batchIntentsMax: 10_000,
  /** For a lock on the archive tables, when a month gets its partition. */
  partitionLockMs: 5_000,
  /** Attempts at a batch whose months have no partition yet. */
  partitionAttempts: 10,
} as const;
