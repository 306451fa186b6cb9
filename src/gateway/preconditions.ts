import { createHash } from 'node:crypto';

import type { IntentDescription } from '../intent';
import { wrongField } from './problem';

/**
 * The ETag of an intent: its sequence, which `If-Match` asks for, and a digest of the rest, a vote say, that moves nothing.
 *
 * @example
 * etagOf(description) // '"7-3f0c9a1be22d"'
 */
export function etagOf(description: IntentDescription): string {
  const digest = createHash('sha256').update(JSON.stringify(description)).digest('hex');
  return `"${description.sequence}-${digest.slice(0, 12)}"`;
}

/**
 * The sequence that `If-Match` expects; `undefined` where it expects none.
 *
 * @throws Problem INVALID_ARGUMENT
 */
export function expectedSequence(ifMatch: string | undefined): number | undefined {
  // An empty header says as much as none.
  if (ifMatch === undefined || ['', '*'].includes(ifMatch.trim())) return undefined;
  const digits = /^"([1-9]\d{0,8})(?:-[0-9a-f]{12})?"$/.exec(ifMatch.trim())?.[1];
  if (digits !== undefined) return Number(digits);
  throw wrongField('header.if-match', 'must be the ETag of an intent, or its sequence, in quotes: "7" say');
}

/** Whether `If-None-Match` has the ETag: then the client has what it asks for. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
