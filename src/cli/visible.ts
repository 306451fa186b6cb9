/**
 * A text in one line, with the characters written out that would move the cursor, colour the terminal or turn the direction
 * of reading: whoever sends a reason or a title could otherwise change what an operator sees. As psql writes them: `\x1B`.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\x${hexOf(character).padStart(2, '0')}`,
  );
}

/** JSON without such characters: those that `JSON.stringify` leaves are in strings, and stay the same value. */
export function visibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007F-\u009F\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${hexOf(character).padStart(4, '0')}`,
  );
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
}
