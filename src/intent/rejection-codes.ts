/**
 * Why a request was rejected: the code that callers branch on, and the HTTP status a gateway answers with.
 * The table in docs/reference/rejection-codes.md is held equal to this one by a test.
 */
export const REJECTION_CODES = {
  ILLEGAL_TRANSITION: {
    httpStatus: 409,
    meaning: 'The graph has no edge from the current state to the requested one.',
  },
  ALREADY_IN_STATE: {
    httpStatus: 409,
    meaning: 'The intent is in the requested state, and the graph has no self edge.',
  },
  STATE_CONFLICT: {
    httpStatus: 409,
    meaning:
      'The current state is not the `expectedState` of the request, or the sequence not its `expectedSequence`.',
  },
  TERMINAL_STATE: {
    httpStatus: 409,
    meaning: 'The intent has ended; nothing moves it any more, but for an operator who reopens it.',
  },
  UNKNOWN_STATE: { httpStatus: 422, meaning: 'The graph has no state of that name.' },
  UNKNOWN_GRAPH: { httpStatus: 422, meaning: 'No graph of that name and version is registered.' },
  GUARD_REFUSED: {
    httpStatus: 409,
    meaning: 'A guard of the edge does not hold; the message names it and says why.',
  },
  APPROVAL_REQUIRED: {
    httpStatus: 409,
    meaning: 'The edge needs votes; the message says how many are missing, and of which roles.',
  },
  VOTE_REFUSED: {
    httpStatus: 409,
    meaning:
      'The vote does not count: the edge needs none, or none of this role or person; the message says why.',
  },
  NOT_PERMITTED: { httpStatus: 403, meaning: 'The actor may not make this transition.' },
  INVALID_REQUEST: { httpStatus: 400, meaning: 'The request is malformed; the message names the field.' },
  LIMIT_REACHED: { httpStatus: 429, meaning: 'A limit of the intent is reached; the message names it.' },
  QUARANTINED: {
    httpStatus: 409,
    meaning: 'Postgres refused an audit row of this intent as contradictory; an operator has to look at it.',
  },
} as const satisfies Record<string, { httpStatus: number; meaning: string }>;

export type RejectionCode = keyof typeof REJECTION_CODES;
