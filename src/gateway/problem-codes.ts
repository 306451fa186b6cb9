import { REJECTION_CODES, type RejectionCode } from '../intent';

/**
 * Problems that are not rejections of the engine: code, HTTP status, title. The table in docs/reference/http-api.md is
 * held equal to this one by a test. A code that is no longer used is not used again.
 */
const OWN_CODES = {
  INVALID_ARGUMENT: { httpStatus: 400, title: 'Something in the request is malformed.' },
  UNAUTHENTICATED: { httpStatus: 401, title: 'No valid key or token came with the request.' },
  SCOPE_MISSING: { httpStatus: 403, title: 'The key or token lacks the scope that this needs.' },
  ROLE_MISSING: { httpStatus: 403, title: 'The key or token may not vote in this role.' },
  ROUTE_NOT_FOUND: { httpStatus: 404, title: 'There is nothing at this path.' },
  INTENT_NOT_FOUND: { httpStatus: 404, title: 'There is no such intent.' },
  OUTCOME_NOT_FOUND: { httpStatus: 404, title: 'The request has no outcome, or not yet.' },
  GRAPH_NOT_FOUND: { httpStatus: 404, title: 'No such graph is registered.' },
  WEBHOOK_NOT_FOUND: { httpStatus: 404, title: 'There is no such webhook.' },
  METHOD_NOT_ALLOWED: { httpStatus: 405, title: 'The path has no such method.' },
  INTENT_NOT_RUNNING: {
    httpStatus: 409,
    title: 'The intent has not ended, but nothing runs it in Temporal.',
  },
  REQUEST_ID_OF_VOTE: { httpStatus: 409, title: 'The request id is that of a vote.' },
  WEBHOOK_DISABLED: { httpStatus: 409, title: 'The webhook is told of nothing any more.' },
  TOO_MANY_WEBHOOKS: { httpStatus: 409, title: 'The organization has as many webhooks as it may.' },
  EVENTS_GONE: { httpStatus: 410, title: 'Events to go on from are no longer kept.' },
  BODY_TOO_LARGE: { httpStatus: 413, title: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { httpStatus: 415, title: 'The body is not JSON.' },
  GRAPH_NOT_REGISTERED: { httpStatus: 422, title: 'The graph is not registered.' },
  RATE_LIMITED: { httpStatus: 429, title: 'Too many requests.' },
  INTERNAL: { httpStatus: 500, title: 'The gateway failed.' },
  TOO_MANY_WAITING: { httpStatus: 503, title: 'Too many wait here at the same time.' },
  POSTGRES_UNAVAILABLE: { httpStatus: 503, title: 'Postgres does not answer.' },
  TEMPORAL_UNAVAILABLE: { httpStatus: 503, title: 'Temporal does not answer.' },
  TOKENS_UNAVAILABLE: { httpStatus: 503, title: 'The issuer of tokens does not answer.' },
} as const satisfies Record<string, { httpStatus: number; title: string }>;

export type OwnProblemCode = keyof typeof OWN_CODES;
export type ProblemCode = OwnProblemCode | RejectionCode;

/** Every code that a problem may have. */
export const PROBLEM_CODES: Readonly<Record<ProblemCode, { httpStatus: number; title: string }>> = {
  ...OWN_CODES,
  ...(Object.fromEntries(
    Object.entries(REJECTION_CODES).map(([code, { httpStatus, meaning }]) => [
      code,
      { httpStatus, title: meaning },
    ]),
  ) as Record<RejectionCode, { httpStatus: number; title: string }>),
};
