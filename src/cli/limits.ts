/** Every bound of the command line. Times are in milliseconds. */
export const CLI_LIMITS = {
  /** Rows of `intent list`, where `--limit` does not say. */
  listedRows: 50,
  mostListedRows: 10_000,
  /** Between two looks of `intent watch`. */
  watchPauseMs: 500,
  /** How long a key that was rotated goes on, if not said otherwise. */
  keyGraceMs: 86_400_000,
} as const;
