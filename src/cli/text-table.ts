/**
 * A table as psql prints it.
 *
 * @example
 * textTable(['a', 'b'], [[1, null]]) // ' a | b\n---+---\n 1 |'
 */
export function textTable(
  header: readonly string[],
  rows: ReadonlyArray<ReadonlyArray<string | number | null>>,
): string {
  const cells = [header, ...rows.map((row) => row.map((value) => (value === null ? '' : String(value))))];
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
