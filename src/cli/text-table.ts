/**
 * A table as psql prints it. Characters that would move the cursor or colour the terminal are written out: whoever sends a
 * reason or a title could otherwise change what an operator sees.
 *
 * @example
 * textTable(['a', 'b'], [[1, null]]) // ' a | b\n---+---\n 1 |'
 */
export function textTable(
  header: readonly string[],
  rows: ReadonlyArray<ReadonlyArray<string | number | null>>,
): string {
  const cells = [
    header,
    ...rows.map((row) => row.map((value) => (value === null ? '' : visible(String(value))))),
  ];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    widths
      .map((width, column) => ` ${(row[column] ?? '').padEnd(width)} `)
      .join('|')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width + 2)).join('+'));
  return lines.join('\n');
}

/** As psql writes them: `\\x1B`. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\x${character.codePointAt(0)?.toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
