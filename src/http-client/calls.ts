import type { MoveRequest } from '../client/intents';
import { checkFields, checkIntentId, checkRequestId, checkSequence } from './check-arguments';
import { jsonBody } from './json-body';
import type { Call } from './server';

const SAID = ['requestId', 'expectedState', 'expectedSequence', 'reason', 'metadata'];

/** What may be asked for, by the path, with the fields of each request. */
const MOVES = {
  transitions: ['to', ...SAID, 'occurredAt'],
  approvals: ['to', 'role', 'onBehalfOf', ...SAID, 'occurredAt'],
  cancel: SAID,
  pause: SAID,
  resume: SAID,
  force: ['to', 'reopen', ...SAID],
  migrate: ['graph', 'map', ...SAID],
} as const;

export type MovePath = keyof typeof MOVES;

/** The id that a request has: its own, or one made up before the first try, which all tries share. */
export function requestIdOf({ requestId = crypto.randomUUID() }: MoveRequest): string {
  checkRequestId(requestId);
  return requestId;
}

/** A request to move an intent. */
export function moveCall(path: MovePath, intentId: string, requestId: string, request: MoveRequest): Call {
  checkIntentId(intentId);
  checkFields(request, MOVES[path]);
  const { requestId: _header, expectedSequence, ...fields } = request;
  if (expectedSequence !== undefined) checkSequence(expectedSequence);
  return {
    method: 'POST',
    path: `/v1/intents/${intentId}/${path}`,
    headers: {
      'idempotency-key': headerOf(requestId),
      ...(expectedSequence !== undefined && { 'if-match': `"${expectedSequence}"` }),
    },
    body: jsonBody(fields),
  };
}

export function outcomeCall(intentId: string, requestId: string): Call {
  return { method: 'GET', path: `/v1/intents/${intentId}/outcomes/${encodeURIComponent(requestId)}` };
}

/** @param etag of what was seen before: nothing is answered while it is the same */
export function describeCall(intentId: string, etag: string | null = null): Call {
  return {
    method: 'GET',
    path: `/v1/intents/${intentId}`,
    ...(etag !== null && { headers: { 'if-none-match': etag } }),
  };
}

/** The header may be in quotes; a key that has some itself needs them twice. */
export function headerOf(key: string): string {
  return /^".*"$/.test(key) ? `"${key}"` : key;
}
