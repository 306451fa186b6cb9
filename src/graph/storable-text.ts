/**
 * Postgres can store every Unicode text but for U+0000 and lone surrogates. What holds one could never be recorded,
 * so it is refused where it comes in.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** What is said of a text that is not. */
export const NOT_STORABLE = 'must not contain U+0000 or lone surrogates';
