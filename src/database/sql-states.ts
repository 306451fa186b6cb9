/**
 * SQLSTATEs that migrations/000002_rules.sql lists. A test holds both lists equal.
 */
export const SQL_STATES = {
  /** The row exists with other content, or contradicts the rows before it. */
  CONTRADICTION: 'IE001',
  /** Rows that must come before it are missing. */
  GAP: 'IE002',
  /** The registered graph has no such edge. */
  NO_SUCH_EDGE: 'IE003',
  /** The table takes no such UPDATE, DELETE or TRUNCATE. */
  APPEND_ONLY: 'IE004',
  /** Another workflow created an intent of this id. */
  ALREADY_EXISTS: 'IE005',
  GRAPH_NOT_REGISTERED: 'IE006',
  /** Nothing of an intent that goes on may be archived or erased. */
  NOT_ENDED: 'IE007',
} as const;

/** Postgres' own: somebody else held a lock for too long. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** The SQLSTATE of an error that came from Postgres; `undefined` for any other error, a lost connection say. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Whether Postgres refused the row itself, so that no repetition can succeed: our own rules, data exceptions
 * (class 22) and integrity violations (class 23). A gap is not one of them: it can be filled.
 */
export function isRefusal(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === undefined || state === SQL_STATES.GAP) return false;
  return /^(IE|22|23)/.test(state);
}
