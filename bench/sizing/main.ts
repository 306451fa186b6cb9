import { Command, InvalidArgumentError } from 'commander';

import { count, runProgram } from '../run-program';
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
    .option('--rounds <count>', 'rounds of all numbers of workers, by turns', count, 5)
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

const { quick, json, out, rate, price, rounds } = command().parse().opts<Options>();
void runProgram(
  (measuring) =>
    measureSizing({
      rounds: quick ? 1 : rounds,
      intents: quick ? 4 : 20,
      each: quick ? 2 : 25,
      workers: quick ? [1, 2] : [1, 2, 4],
      ...measuring,
    }),
  { json, out, format: (sizing) => formatSizing(sizing, { rate, millionActions: price }) },
);
