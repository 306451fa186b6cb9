import { IntentError, type IntentErrorCode } from '../client/errors';
import type { Outcome } from '../client/intents';
import { HTTP_CLIENT_LIMITS } from './limits';

/** An answer of the server, whatever it is. */
export interface Answer {
  status: number;
  header: (name: string) => string | null;
  text: string;
  /** What the text says as JSON; `undefined` where it is none. */
  body: unknown;
}

/** `application/problem+json`, as far as it is one. */
interface Problem {
  code?: unknown;
  title?: unknown;
  detail?: unknown;
  outcome?: unknown;
  errors?: unknown;
}

/** Codes of the API's problems, and what the client calls them. */
const CODES: Record<string, IntentErrorCode> = {
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  BODY_TOO_LARGE: 'INVALID_ARGUMENT',
  GRAPH_NOT_REGISTERED: 'GRAPH_NOT_REGISTERED',
  INTENT_NOT_FOUND: 'INTENT_NOT_FOUND',
  INTENT_NOT_RUNNING: 'INTENT_NOT_RUNNING',
  REQUEST_ID_OF_VOTE: 'INVALID_ARGUMENT',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  SCOPE_MISSING: 'SCOPE_MISSING',
  ROLE_MISSING: 'ROLE_MISSING',
  RATE_LIMITED: 'RATE_LIMITED',
  TOO_MANY_WAITING: 'TOO_MANY_WAITING',
  POSTGRES_UNAVAILABLE: 'UNAVAILABLE',
  TEMPORAL_UNAVAILABLE: 'UNAVAILABLE',
  TOKENS_UNAVAILABLE: 'UNAVAILABLE',
};

/** Where what answers is a proxy in between. */
const CODES_OF_STATUS: Record<number, IntentErrorCode> = {
  401: 'UNAUTHENTICATED',
  429: 'RATE_LIMITED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/** Code of the problem that an answer is, as the API has it. */
export function problemCode({ body }: Answer): string | undefined {
  const { code } = problemIn(body);
  return typeof code === 'string' ? code : undefined;
}

/** The error that an answer is to the app. */
export function errorOf(answer: Answer): IntentError {
  const code = CODES[problemCode(answer) ?? ''] ?? CODES_OF_STATUS[answer.status] ?? 'UNEXPECTED_ANSWER';
  return new IntentError(code, messageOf(answer));
}

/** The outcome that an answer holds: as its body, or where it was rejected, in the problem. */
export function outcomeOf({ status, body }: Answer): Outcome | undefined {
  const candidate = status === 200 ? body : problemIn(body).outcome;
  return isOutcome(candidate) ? candidate : undefined;
}

function isOutcome(value: unknown): value is Outcome {
  const { status, requestId } = (value ?? {}) as { status?: unknown; requestId?: unknown };
  return typeof requestId === 'string' && ['applied', 'rejected', 'voted'].includes(status as string);
}

function messageOf({ status, text, body }: Answer): string {
  const { title, detail, errors } = problemIn(body);
  const fields = Array.isArray(errors) ? errors.map(fieldProblem).filter((line) => line !== '') : [];
  if (fields.length > 0) return fields.join('; ');
  if (typeof detail === 'string') return detail;
  if (typeof title === 'string') return title;
  return `The answer, with status ${status}, is none of the API's: ${JSON.stringify(text.slice(0, HTTP_CLIENT_LIMITS.shownAnswerLength))}`;
}

function fieldProblem(value: unknown): string {
  const { field, message } = (value ?? {}) as { field?: unknown; message?: unknown };
  if (typeof message !== 'string') return '';
  // `body.to` is `to` to whoever calls.
  return typeof field === 'string' && field !== '' ? `${field.replace(/^body\./, '')}: ${message}` : message;
}

function problemIn(body: unknown): Problem {
  return typeof body === 'object' && body !== null ? body : {};
}
