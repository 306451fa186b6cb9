import { sqlStateOf } from './sql-states';

/** Of Postgres: it shuts down, starts, has no place left, ended a statement that took too long, or became a replica. */
const AWAY = /^(08...|57P0.|53300|57014|25006)$/;

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What the driver says, without a code, when it gave up. */
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

/** Whether an error of the driver says that Postgres is not there, or has no time: the same may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined && AWAY.test(state)) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && SOCKET_CODES.has(code)) return true;
  return typeof message === 'string' && MESSAGES.test(message);
}
