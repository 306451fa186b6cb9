import type { Cli } from './cli';
import type { Line } from './painted';
import type { ProgressBar } from './progress-bar';

/** Prints what comes up meanwhile above a progress bar: a line for people, or one of JSON. */
export function sayer(
  cli: Cli,
  progress: ProgressBar,
  json: boolean | undefined,
): (line: Line, value: object) => void {
  return (line, value) => progress.line(() => (json ? cli.printJsonLine(value) : cli.print(line)));
}
