interface ErrorFields {
  type: string;
  message: string;
  stack?: string;
  code?: string | number;
  cause?: unknown;
  errors?: unknown[];
}

/** Errors may be the cause of one another in a circle. */
const DEEPEST_CAUSE = 5;

/**
 * What is logged of an error. Not its other properties: Postgres puts whole rows into `detail`, and errors of clients hold
 * their requests.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!isError(error)) return typeof error === 'object' ? undefined : error;
  const { code, cause, errors } = error;
  const deeper = depth < DEEPEST_CAUSE;
  return {
    type: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(deeper && cause !== undefined && { cause: errorFields(cause, depth + 1) }),
    ...(deeper && Array.isArray(errors) && { errors: errors.map((one) => errorFields(one, depth + 1)) }),
  } satisfies ErrorFields;
}

/** Those of workflow code come out of another realm, where `Error` is another class. */
function isError(error: unknown): error is Error & { code?: unknown; errors?: unknown } {
  return typeof error === 'object' && error !== null && typeof (error as Error).message === 'string';
}
