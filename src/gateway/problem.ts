import type { RejectedOutcome } from '../intent';
import { PROBLEM_CODES, type ProblemCode } from './problem-codes';

/** Seconds after which to come back when something is away: about as long as a restart takes. */
export const RETRY_AFTER = 5;

/** One field that is wrong. */
export interface FieldError {
  /** `body.to`, `query.limit`, `header.if-match` */
  field: string;
  message: string;
}

/** Body of an answer that is an error, by RFC 9457. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  /** What happened here, and what to do. */
  detail: string;
  /** To branch on. */
  code: string;
  errors?: FieldError[];
  /** Where the engine rejected the request. */
  outcome?: RejectedOutcome;
}

const UNAVAILABLE = 503;

interface ProblemOptions extends ErrorOptions {
  errors?: FieldError[];
  outcome?: RejectedOutcome;
  /** Seconds; sent as Retry-After. Default: {@link RETRY_AFTER} where something is away. */
  retryAfter?: number;
  /** In place of the code's own. */
  httpStatus?: number;
}

/** Ends a request with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly retryAfter: number | undefined;
  readonly body: ProblemBody;

  constructor(
    readonly code: ProblemCode,
    detail: string,
    { errors, outcome, retryAfter, httpStatus, ...options }: ProblemOptions = {},
  ) {
    super(detail, options);
    const { title, httpStatus: usual } = PROBLEM_CODES[code];
    const status = httpStatus ?? usual;
    this.retryAfter = retryAfter ?? (status === UNAVAILABLE ? RETRY_AFTER : undefined);
    this.body = {
      type: `urn:intent-engine:problem:${code}`,
      title,
      status,
      detail,
      code,
      ...(errors === undefined ? {} : { errors }),
      ...(outcome === undefined ? {} : { outcome }),
    };
  }
}

/** What to say of one field. */
export function wrongField(field: string, message: string): Problem {
  return new Problem('INVALID_ARGUMENT', `${field}: ${message}`, { errors: [{ field, message }] });
}
