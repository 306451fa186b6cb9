import { bold, dim, renderLine, type Line, type Painted } from './painted';
import { visible } from './visible';

export type Cell = string | number | Painted | null;

/**
 * The lines of a table as psql prints it. Widths are those of what is seen: control characters written out, colours not
 * counted.
 */
export function tableLines(header: readonly string[], rows: ReadonlyArray<readonly Cell[]>): Line[] {
  const cells = [header.map(bold), ...rows.map((row) => row.map(paintable))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column]))));
  const lines = cells.map((row) =>
    widths.flatMap((width, column): (string | Painted)[] => {
      const cell = row[column] ?? '';
      const last = column === widths.length - 1;
      const padding = last ? '' : ' '.repeat(width - lengthOf(cell) + 1);
      return [column === 0 ? ' ' : lengthOf(cell) === 0 && last ? '|' : '| ', cell, padding];
    }),
  );
  return [lines[0] ?? '', [dim(widths.map((width) => '-'.repeat(width + 2)).join('+'))], ...lines.slice(1)];
}

/**
 * The same without colours.
 *
 * @example
 * textTable(['a', 'b'], [[1, null]]) // ' a | b\n---+---\n 1 |'
 */
export function textTable(header: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string {
  return tableLines(header, rows)
    .map((line) => renderLine(line, false))
    .join('\n');
}

function paintable(cell: Cell): string | Painted {
  if (cell === null) return '';
  return typeof cell === 'number' ? String(cell) : cell;
}

function lengthOf(cell: string | Painted | undefined): number {
  return visible(typeof cell === 'string' ? cell : (cell?.text ?? '')).length;
}
