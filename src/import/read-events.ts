import { CsvError, parse } from 'csv-parse';

import { LogFileError, openLogFile } from './log-file';
import { IMPORT_LIMITS } from './limits';

/** Names of the columns, as in the file's first line. */
export interface EventColumns {
  case: string;
  state: string;
  time: string;
  /** Left out: transitions have no actor. */
  actor?: string | undefined;
  /** In which role, for graphs that ask for votes; left out: the actor is also the role. */
  role?: string | undefined;
}

export const DEFAULT_COLUMNS = {
  case: 'case_id',
  state: 'activity',
  time: 'timestamp',
  actor: 'role',
} as const satisfies EventColumns;

/** One row of the log, word for word. */
export interface LogEvent {
  caseId: string;
  activity: string;
  time: string;
  actor: string;
  role: string;
}

/** A row with its line in the file, from 1: the last one where quoted text runs over several lines. */
export type LogRow = { line: number; event: LogEvent } | { line: number; caseId?: string; problem: string };

/** A wrong column name, say: nothing was read, and the command has to be written differently. */
export class LogHeaderError extends Error {
  override readonly name = 'LogHeaderError';
  constructor(
    message: string,
    readonly missing: string,
    readonly present: readonly string[],
  ) {
    super(message);
  }
}

export interface ReadEventsOptions {
  file: string;
  columns: EventColumns;
  /** Default: a comma. */
  delimiter?: string | undefined;
}

/**
 * Reads an event log, CSV with a header line, plain or gzip, row by row in the order of the file. A row that is no
 * event comes with its problem, and reading goes on.
 *
 * @throws LogFileError, LogHeaderError
 */
export async function* readEvents({ file, columns, delimiter }: ReadEventsOptions): AsyncGenerator<LogRow> {
  const input = await openLogFile(file);
  const parser = parse({
    bom: true,
    info: true,
    delimiter: delimiter ?? ',',
    // Rows of another width are reported one by one, below.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: IMPORT_LIMITS.rowBytes,
  });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);

  let pick: ReturnType<typeof columnPicker> | undefined;
  let line = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      line = info.lines;
      if (pick === undefined) pick = columnPicker(file, record, columns, delimiter);
      else yield pick(line, record);
    }
  } catch (error) {
    if (error instanceof LogHeaderError) throw error;
    if (error instanceof CsvError && pick !== undefined) {
      const problem = `a quoted value begins in this row and never ends; nothing after it could be read (${error.code})`;
      yield { line: line + 1, problem };
      return;
    }
    throw new LogFileError(`${file}: can't be read after line ${line} (${(error as Error).message})`, {
      cause: error,
    });
  } finally {
    input.destroy();
  }
  if (pick === undefined) throw new LogFileError(`${file}: is empty; its first line must name the columns`);
}

/** How many rows there are, readable or not. */
export async function countRows(options: ReadEventsOptions): Promise<number> {
  let rows = 0;
  for await (const _row of readEvents(options)) rows += 1;
  return rows;
}

function columnPicker(file: string, header: string[], columns: EventColumns, delimiter = ',') {
  const names = header.map((name) => name.trim());
  const position = (option: string, name: string): number => {
    const index = names.indexOf(name);
    if (index !== -1) return index;
    throw new LogHeaderError(
      `--${option}-column: ${file} has no column "${name}"; it has ${names.join(', ')}`,
      name,
      names,
    );
  };
  const caseAt = position('case', columns.case);
  const stateAt = position('state', columns.state);
  const timeAt = position('time', columns.time);
  const actorAt = columns.actor === undefined ? undefined : position('actor', columns.actor);
  const roleAt = columns.role === undefined ? actorAt : position('role', columns.role);

  return (line: number, record: string[]): LogRow => {
    const caseId = record[caseAt] ?? '';
    if (record.length !== header.length) {
      const problem = `has ${record.length} columns instead of ${header.length}, separated by "${delimiter}"`;
      return { line, ...(caseId !== '' && { caseId }), problem };
    }
    if (caseId === '') return { line, problem: `${columns.case}: is empty` };
    return {
      line,
      event: {
        caseId,
        activity: record[stateAt] ?? '',
        time: record[timeAt] ?? '',
        actor: actorAt === undefined ? '' : (record[actorAt] ?? ''),
        role: roleAt === undefined ? '' : (record[roleAt] ?? ''),
      },
    };
  };
}
