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

  constructor(readonly streams: CliStreams) {}

  get env(): NodeJS.ProcessEnv {
    return this.streams.env;
  }

  /** A line of the result, for standard output. */
  print(line = ''): void {
    this.streams.stdout.write(`${line}\n`);
  }

  /** The result for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** A line about what goes on, for standard error. */
  note(line: string): void {
    this.streams.stderr.write(`${line}\n`);
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
