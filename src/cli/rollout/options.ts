import { InvalidArgumentError, type Command } from 'commander';

import type { Check } from '../../rollout/check';
import { UsageError } from '../cli';
import { suggest } from '../suggest';

/** Options that the three commands share. */
export interface ReportOptions {
  skip: string[];
  only: string[];
  json?: boolean;
  junit?: string;
  report?: string;
}

export function addReportOptions(command: Command): Command {
  return command
    .option(
      '--skip <names>',
      'checks to leave out, separated by commas; the report shows them as skipped',
      names,
      [],
    )
    .option('--only <names>', 'run these checks alone, separated by commas', names, [])
    .option('--junit <file>', 'write the results there as JUnit XML, for CI systems')
    .option('--report <file>', 'write a report there, in Markdown, for a person to sign')
    .option('--json', 'print the report as JSON');
}

/**
 * The checks that were asked for.
 *
 * @throws UsageError that names the option, where there is no such check
 */
export function chosenChecks<Context>(
  checks: readonly Check<Context>[],
  { skip, only }: Pick<ReportOptions, 'skip' | 'only'>,
): Check<Context>[] {
  const known = checks.map(({ name }) => name);
  for (const [option, named] of [['--skip', skip] as const, ['--only', only] as const]) {
    const wrong = named.find((name) => !known.includes(name));
    if (wrong !== undefined) {
      throw new UsageError(
        `${option}: there is no check ${wrong}${suggest(wrong, known)}. There are: ${known.join(', ')}`,
      );
    }
  }
  return checks.filter(({ name, always }) => only.length === 0 || only.includes(name) || always === true);
}

/** How many times, for example. */
export function factor(text: string): number {
  const value = Number(text);
  if (/^\d+([.]\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Not a number above 0.');
}

/** @example wholeUpTo(1000)('20') // 20 */
export function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[1-9]\d*$/.test(text) && value <= most) return value;
    throw new InvalidArgumentError(`Not a whole number from 1 to ${most}.`);
  };
}

export function eachNamed(text: string, before: string[]): string[] {
  return [...before, text];
}

function names(text: string, before: string[]): string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ];
}

/** The lines of a help that name the checks. */
export function checksHelp(checks: ReadonlyArray<{ name: string; title: string }>): string {
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  return checks.map(({ name, title }) => `  ${name.padEnd(width)}${title}`).join('\n');
}
