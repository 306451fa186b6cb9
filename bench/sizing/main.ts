import { writeFile } from 'node:fs/promises';

import { Command, InvalidArgumentError } from 'commander';

import { outliveClosedOutput } from '../../src/dev/machine/closed-output';
import { terminalProgress } from '../../src/dev/progress';
import { formatSizing } from './format-sizing';
import { measureSizing } from './measure-sizing';

interface Options {
  rounds: number;
  quick: boolean;
  rate: number;
  price: number;
  json: boolean;
  out?: string;
}

function command(): Command {
  return new Command('npm run sizing --')
    .description(
      'Measures what transitions take: how many 1, 2 and 4 workers make in a second, and what each leaves in Temporal and Postgres.\n' +
        'On servers of its own. Progress goes to standard error, the table to standard output. Leave the machine alone.',
    )
    .option('--rounds <count>', 'rounds of all numbers of workers, by turns', positive, 5)
    .option('--rate <number>', 'transitions a second, of which a day is made', positive, 10)
    .option('--price <usd>', 'of a million actions of Temporal Cloud', positive, 50)
    .option('--quick', 'a smoke run: shows that all of it runs, says nothing about speed', false)
    .option('--json', 'print everything as JSON, with the figures of every round', false)
    .option('--out <file>', 'write the JSON to a file too')
    .showHelpAfterError('(--help shows the options)')
    .allowExcessArguments(false);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Not a number above 0.');
  return value;
}

async function main(): Promise<number> {
  outliveClosedOutput();
  const { quick, json, out, rate, price, rounds } = command().parse().opts<Options>();
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort(new Error('interrupted'));
  // Again and again: a second one must not end us before the servers that we have started.
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  try {
    const sizing = await measureSizing({
      rounds: quick ? 1 : rounds,
      intents: quick ? 4 : 20,
      each: quick ? 2 : 25,
      workers: quick ? [1, 2] : [1, 2, 4],
      progress: terminalProgress(process.stderr),
      log: (line) => process.stderr.write(`${line}\n`),
      signal: interrupted.signal,
    });
    const text = `${JSON.stringify(sizing, undefined, 2)}\n`;
    if (out !== undefined) await writeFile(out, text);
    process.stdout.write(json ? text : formatSizing(sizing, { rate, millionActions: price }));
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

// The connections are still open, and would keep the process alive.
void main().then((code) => process.exit(code));
