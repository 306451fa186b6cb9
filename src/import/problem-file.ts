import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { extname } from 'node:path';

import type { RowProblem } from './read-cases';

/** Where the rows that were not imported are written, one a line. */
export interface ProblemFile {
  write(problem: RowProblem): void;
  close(): Promise<void>;
}

/**
 * Opens the file: newline-delimited JSON where its name ends in `.ndjson` or `.jsonl`, else CSV.
 *
 * @throws the error of the file system, when it can't be written
 */
export async function openProblemFile(path: string): Promise<ProblemFile> {
  const stream = createWriteStream(path);
  await once(stream, 'open');
  const json = ['.ndjson', '.jsonl'].includes(extname(path));
  if (!json) stream.write('line,case_id,code,reason\n');
  return {
    write: (problem) => {
      stream.write(json ? `${JSON.stringify(problem)}\n` : csvLine(problem));
    },
    close: async () => {
      stream.end();
      await once(stream, 'finish');
    },
  };
}

function csvLine({ line, caseId, code, reason }: RowProblem): string {
  return `${[line, caseId ?? '', code, reason].map((value) => quoted(String(value))).join(',')}\n`;
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
