import { invalid } from '../client/errors';
import { HTTP_CLIENT_LIMITS } from './limits';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A header loses spaces at its ends, and can't hold all of Unicode. */
const HEADER_TEXT = /^[!-~]([ -~]*[!-~])?$/;

export function checkIntentId(intentId: string): void {
  if (!UUID.test(intentId))
    throw invalid(`intentId: must be a UUID in lower case, not ${JSON.stringify(intentId)}`);
}

/** It is a header, and a part of a path: there `.` and `..` mean something else. */
export function checkRequestId(requestId: string): void {
  checkHeaderText('requestId', requestId, HTTP_CLIENT_LIMITS.requestIdLength);
  if (/^\.\.?$/.test(requestId)) throw invalid('requestId: must not be . or ..');
}

export function checkIdempotencyKey(key: string): void {
  checkHeaderText('idempotencyKey', key, HTTP_CLIENT_LIMITS.idempotencyKeyLength);
}

export function checkSequence(sequence: number): void {
  if (!Number.isSafeInteger(sequence) || sequence < 1)
    throw invalid(`expectedSequence: must be a whole number from 1, not ${sequence}`);
}

export function checkTimeout(timeoutMs: number): void {
  const { longestTimeoutMs } = HTTP_CLIENT_LIMITS;
  if (timeoutMs > 0 && timeoutMs <= longestTimeoutMs) return;
  throw invalid(
    `timeoutMs: must be more than 0 and at most ${longestTimeoutMs} milliseconds, not ${timeoutMs}`,
  );
}

/** A field that the API has no place for, `actor` above all: left out without a word, it would be missing in the audit. */
export function checkFields(request: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || known.includes(name)) continue;
    throw invalid(
      `${name}: is no field of this request over HTTP, where the credential says who asks; known: ${known.join(', ')}`,
    );
  }
}

function checkHeaderText(name: string, text: string, maxLength: number): void {
  if (typeof text === 'string' && text.length <= maxLength && HEADER_TEXT.test(text)) return;
  throw invalid(
    `${name}: over HTTP must be text of 1 to ${maxLength} ASCII characters, without spaces at its ends, not ` +
      JSON.stringify(text),
  );
}
