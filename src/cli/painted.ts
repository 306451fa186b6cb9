import { styleText } from 'node:util';

import { visible } from './visible';

type Format = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** A text and how it looks on a terminal. */
export interface Painted {
  text: string;
  format: Format;
}

/** One line. Its texts may come from anybody: only what stands in `format` becomes an escape sequence. */
export type Line = string | readonly (string | Painted)[];

const painter =
  (format: Format) =>
  (text: string): Painted => ({ text, format });

export const red = painter('red');
export const green = painter('green');
export const yellow = painter('yellow');
export const bold = painter('bold');
export const dim = painter('dim');

/**
 * @param colours whether there are any
 * @example
 * renderLine([red('error:'), ' a\u001bb'], false) // 'error: a\\x1Bb'
 */
export function renderLine(line: Line, colours: boolean): string {
  const parts = typeof line === 'string' ? [line] : line;
  return parts
    .map((part) => {
      if (typeof part === 'string') return visible(part);
      const text = visible(part.text);
      return colours ? escaped(part.format, text) : text;
    })
    .join('');
}

/** Whether there are colours is decided already: `styleText` would ask the process, which need not be what is written to. */
export function escaped(format: Format, text: string): string {
  return styleText(format, text, { validateStream: false });
}
