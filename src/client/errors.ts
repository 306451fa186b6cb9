const MARK = Symbol.for('intent-engine.IntentError');

export type IntentErrorCode =
  | 'INVALID_ARGUMENT'
  | 'GRAPH_NOT_REGISTERED'
  | 'INTENT_NOT_FOUND'
  | 'INTENT_NOT_RUNNING'
  | 'OUTCOME_TIMEOUT'
  | 'STATE_TIMEOUT'
  | 'TOO_MANY_WAITING'
  | 'NO_DATABASE'
  | HttpErrorCode;

/** Of the client over HTTP alone. */
export type HttpErrorCode =
  'UNAUTHENTICATED' | 'SCOPE_MISSING' | 'ROLE_MISSING' | 'RATE_LIMITED' | 'UNAVAILABLE' | 'UNEXPECTED_ANSWER';

/** What the client throws. Branch on `code`; a rejected request is no error but an outcome. */
export class IntentError extends Error {
  override readonly name: string = 'IntentError';

  constructor(
    readonly code: IntentErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    Object.defineProperty(this, MARK, { value: true });
  }
}

/** The outcome was not there in time. */
export class OutcomeTimeoutError extends IntentError {
  override readonly name = 'OutcomeTimeoutError';

  constructor(
    readonly intentId: string,
    readonly requestId: string,
    /**
     * `true`: Temporal has the request and it will be decided, so ask `outcome` later. `'unknown'`: nobody
     * confirmed that; sending it again with the same `requestId` is safe.
     */
    readonly requestStands: true | 'unknown',
    timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(
      'OUTCOME_TIMEOUT',
      requestStands === true
        ? `No outcome of request ${requestId} to intent ${intentId} within ${timeoutMs} ms. The request stands and ` +
            `will be decided: ask outcome(intentId, requestId) later, do not send another one.`
        : `Nothing confirmed within ${timeoutMs} ms that request ${requestId} to intent ${intentId} was taken. Send it ` +
            `again with the same requestId: it is decided once, however often it arrives.`,
      options,
    );
  }
}

/** Recognises this package's errors by a mark: `instanceof` fails across realms and copies of the package. */
export function isIntentError(error: unknown): error is IntentError {
  return typeof error === 'object' && error !== null && Reflect.get(error, MARK) === true;
}

/** `message` begins with the field that is wrong. */
export function invalid(message: string): IntentError {
  return new IntentError('INVALID_ARGUMENT', message);
}

export function notFound(intentId: string, cause: unknown): IntentError {
  return new IntentError('INTENT_NOT_FOUND', `There is no intent ${intentId}.`, { cause });
}

export function notRunning(intentId: string, state: string, cause: unknown): IntentError {
  return new IntentError(
    'INTENT_NOT_RUNNING',
    `Intent ${intentId} is in ${state}, which is not terminal, but Temporal has no running workflow for it: it was ` +
      `terminated or failed there.`,
    { cause },
  );
}

export function noDatabase(method: string): never {
  throw new IntentError('NO_DATABASE', `${method} reads Postgres; connect with a databaseUrl.`);
}
