import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';

/** A text in a file of the checkout, and what somebody puts in its place. */
export interface Edit {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** The edited files by their paths. @throws where an edit changes nothing: it would prove nothing */
export function editedTexts(edits: readonly Edit[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { file, from, to } of edits) {
    const text = texts[file] ?? readFileSync(join(CHECKOUT, file), 'utf8');
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${file} has no ${String(from)} to edit: choose another place.`);
    texts[file] = edited;
  }
  return texts;
}
