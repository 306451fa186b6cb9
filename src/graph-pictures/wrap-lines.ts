import { PICTURE_LIMITS } from './limits';

/** Notes in lines that a label has room for; broken at spaces only. */
export function wrapLines(notes: readonly string[]): string[] {
  return notes.flatMap((note) => {
    const lines: string[] = [];
    for (const word of note.split(/\s+/)) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= PICTURE_LIMITS.lineLength)
        lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}
