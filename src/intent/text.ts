import { z } from 'zod';

import { isStorableText, NOT_STORABLE } from '../graph/storable-text';

/** A zod string that Postgres can store, trimmed of nothing, of 1 to `maxLength` UTF-16 code units. */
export function storableText(maxLength: number): z.ZodString {
  return z.string().min(1).max(maxLength).refine(isStorableText, { error: NOT_STORABLE });
}

/**
 * Bytes that a JSON value takes as compact JSON in UTF-8. Workflow code has no Buffer to ask.
 *
 * @example
 * jsonBytes({ a: 'ö' }) // 10
 */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value);
  let bytes = json.length;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    // Two bytes below U+0800; three above; a surrogate pair takes four, two for each half.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
