import { QueryNotRegisteredError } from '@temporalio/client';
import type { FastifyError } from 'fastify';

import { isIntentError, OutcomeTimeoutError, type HttpErrorCode, type IntentErrorCode } from '../client';
import { isUnavailable } from '../database/is-unavailable';
import { hasGrpcStatus } from '../temporal/grpc-status';
import { Problem, type FieldError } from './problem';
import type { OwnProblemCode } from './problem-codes';

/** The errors of a client over HTTP are none of the gateway's. */
const OF_CLIENT: Record<Exclude<IntentErrorCode, HttpErrorCode>, OwnProblemCode> = {
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  GRAPH_NOT_REGISTERED: 'GRAPH_NOT_REGISTERED',
  INTENT_NOT_FOUND: 'INTENT_NOT_FOUND',
  INTENT_NOT_RUNNING: 'INTENT_NOT_RUNNING',
  TOO_MANY_WAITING: 'TOO_MANY_WAITING',
  OUTCOME_TIMEOUT: 'TEMPORAL_UNAVAILABLE',
  STATE_TIMEOUT: 'POSTGRES_UNAVAILABLE',
  NO_DATABASE: 'INTERNAL',
};

const OF_FASTIFY: Record<string, OwnProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'INVALID_ARGUMENT',
  FST_ERR_CTP_INVALID_JSON_BODY: 'INVALID_ARGUMENT',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INVALID_ARGUMENT',
  FST_ERR_NOT_FOUND: 'ROUTE_NOT_FOUND',
};

/** What to answer for an error, whatever threw it. What nobody expected says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isIntentError(error)) return ofClient(error.code, error);
  if (hasGrpcStatus(error, 'UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'RESOURCE_EXHAUSTED')) {
    return new Problem(
      'TEMPORAL_UNAVAILABLE',
      'Temporal does not answer; nothing was changed, or it will be found changed.',
      { cause: error },
    );
  }
  // Of one that was created a moment ago.
  if (error instanceof QueryNotRegisteredError)
    return new Problem('POSTGRES_UNAVAILABLE', 'The creation of the intent is not recorded yet.', {
      cause: error,
    });
  if (isUnavailable(error))
    return new Problem('POSTGRES_UNAVAILABLE', 'Postgres does not answer.', { cause: error });
  return ofFastify(error as FastifyError);
}

function ofClient(code: IntentErrorCode, error: Error): Problem {
  if (error instanceof OutcomeTimeoutError) {
    return new Problem(
      'TEMPORAL_UNAVAILABLE',
      `Temporal did not confirm request ${error.requestId} in time. Send it again with the header ` +
        `Idempotency-Key: ${error.requestId}; it is decided once, however often it arrives.`,
      { cause: error },
    );
  }
  const own = (OF_CLIENT as Partial<Record<IntentErrorCode, OwnProblemCode>>)[code] ?? 'INTERNAL';
  return new Problem(own, error.message, { cause: error });
}

function ofFastify(error: FastifyError): Problem {
  if (error.validation !== undefined) {
    const errors = error.validation.map(({ instancePath, message = 'is wrong' }) => ({
      field: fieldOf(error.validationContext, instancePath),
      message,
    }));
    return new Problem('INVALID_ARGUMENT', errors.map(oneLine).join('; '), { errors, cause: error });
  }
  const known = OF_FASTIFY[error.code];
  if (known !== undefined) return new Problem(known, error.message, { cause: error });
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new Problem('INVALID_ARGUMENT', error.message, { cause: error });
  return new Problem('INTERNAL', 'The gateway failed; its log says how.', {
    cause: error,
  });
}

const CONTEXTS: Record<string, string> = { querystring: 'query', params: 'path', headers: 'header' };

function fieldOf(context: string | undefined, path: string): string {
  const place = CONTEXTS[context ?? ''] ?? context ?? 'body';
  return `${place}${path.replaceAll('/', '.').replace(/\.$/, '')}`;
}

function oneLine({ field, message }: FieldError): string {
  return `${field}: ${message}`;
}
