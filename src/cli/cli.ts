import { hasColours, type ColourChoice } from './colours';
import { red, renderLine, type Line } from './painted';
import { tableLines, type Cell } from './text-table';
import { visibleJson } from './visible';

/** What a command reads from and writes to: the process, or a test. */
export interface CliStreams {
  env: NodeJS.ProcessEnv;
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

/** Exit codes of every command; documented in its help. */
export const EXIT = {
  ok: 0,
  /** It was tried and failed, or problems were found. */
  failed: 1,
  /** The command itself was wrong: nothing was tried. */
  usage: 2,
} as const;

/** Of commands that check: whoever schedules one must tell drift from a check that did not come about. */
export const CHECK_EXIT = { clean: 0, drift: 1, notChecked: 2 } as const;

/** Shared by the commands of one run. */
export class Cli {
  exitCode: number = EXIT.ok;
  /** What `--profile` says. */
  profile: string | undefined;
  /** What `--color` says. */
  colour: ColourChoice = 'auto';
  /** A program reads: no colours, whatever `--color` says. */
  plain = false;

  constructor(readonly streams: CliStreams) {}

  get env(): NodeJS.ProcessEnv {
    return this.streams.env;
  }

  hasColours(stream: 'stdout' | 'stderr'): boolean {
    return !this.plain && hasColours(this.streams[stream], this.env, this.colour);
  }

  /** A line of the result, for standard output. Control characters in it are written out. */
  print(line: Line = ''): void {
    this.streams.stdout.write(`${renderLine(line, this.hasColours('stdout'))}\n`);
  }

  printLines(lines: readonly Line[]): void {
    for (const line of lines) this.print(line);
  }

  printTable(header: readonly string[], rows: ReadonlyArray<readonly Cell[]>): void {
    this.printLines(tableLines(header, rows));
  }

  /** The result for programs. */
  printJson(value: unknown): void {
    this.streams.stdout.write(`${visibleJson(value, 2)}\n`);
  }

  /** One of many results for programs, in a line. */
  printJsonLine(value: unknown): void {
    this.streams.stdout.write(`${visibleJson(value)}\n`);
  }

  /** A result in a format of its own, as it is. */
  printFile(text: string): void {
    this.streams.stdout.write(`${text}\n`);
  }

  /** A line about what goes on, for standard error. Control characters in it are written out. */
  note(line: Line): void {
    this.streams.stderr.write(`${renderLine(line, this.hasColours('stderr'))}\n`);
  }

  /** What went wrong, for standard error. */
  error(message: string): void {
    this.note([red('error:'), ` ${message}`]);
  }
}

/** The command is wrong; the message names the option and the fix. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for can't be done; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
