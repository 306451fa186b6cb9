import { Command } from 'commander';

import { formatReport } from './format-report';
import { runBenchmark } from './run-benchmark';
import { count, runProgram } from './run-program';

interface Options {
  rounds?: number;
  quick: boolean;
  json: boolean;
  out?: string;
}

const DEFAULT_ROUNDS = 5;

function command(): Command {
  return new Command('npm run bench --')
    .description(
      'Measures the engine beside its floors, the bare Temporal Update and plain Postgres, on servers of its own.\n' +
        'Progress goes to standard error, the report to standard output. Takes about 4 minutes; leave the machine alone.',
    )
    .option(
      '--rounds <count>',
      `rounds; the report gives their medians (default: ${DEFAULT_ROUNDS}, quick: 1)`,
      count,
    )
    .option('--quick', 'a smoke run of seconds: shows that all of it runs, says nothing about speed', false)
    .option('--json', 'print everything as JSON, with the figures of every round', false)
    .option('--out <file>', 'write the JSON to a file too')
    .showHelpAfterError('(--help shows the options)')
    .allowExcessArguments(false);
}

const { quick, json, out, rounds = quick ? 1 : DEFAULT_ROUNDS } = command().parse().opts<Options>();
void runProgram((measuring) => runBenchmark({ rounds, quick, ...measuring }), {
  json,
  out,
  format: formatReport,
});
