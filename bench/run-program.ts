import { writeFile } from 'node:fs/promises';

import { InvalidArgumentError } from 'commander';

import { outliveClosedOutput } from '../src/dev/machine/closed-output';
import { terminalProgress, type ShowProgress } from '../src/dev/progress';

interface Measuring {
  progress: ShowProgress;
  log: (line: string) => void;
  /** Set when the program is told to stop. */
  signal: AbortSignal;
}

interface Output<Report> {
  /** All of it, in place of the page. */
  json: boolean;
  /** A file that gets the JSON, too. */
  out?: string | undefined;
  format: (report: Report) => string;
}

/** Measures, prints the report to standard output, and ends the process: with 0, 1 for a failure, 130 when it is told to stop. */
export async function runProgram<Report>(
  measure: (measuring: Measuring) => Promise<Report>,
  output: Output<Report>,
): Promise<never> {
  // The connections are still open, and would keep the process alive.
  process.exit(await exitCodeOf(measure, output));
}

async function exitCodeOf<Report>(
  measure: (measuring: Measuring) => Promise<Report>,
  { json, out, format }: Output<Report>,
): Promise<number> {
  outliveClosedOutput();
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort(new Error('interrupted'));
  // Again and again: a second one must not end us before the servers that we have started.
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  try {
    const report = await measure({
      progress: terminalProgress(process.stderr),
      log: (line) => process.stderr.write(`${line}\n`),
      signal: interrupted.signal,
    });
    const text = `${JSON.stringify(report, undefined, 2)}\n`;
    if (out !== undefined) await writeFile(out, text);
    process.stdout.write(json ? text : format(report));
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

/** Reads an option that is a count. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Not a count (1 or more).');
  return value;
}
