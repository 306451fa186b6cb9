import { writeFile } from 'node:fs/promises';

import { Command, InvalidArgumentError } from 'commander';

import { outliveClosedOutput } from '../src/dev/machine/closed-output';
import { terminalProgress } from '../src/dev/progress';
import { formatReport } from './format-report';
import { runBenchmark } from './run-benchmark';

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

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Not a count (1 or more).');
  return value;
}

async function main(): Promise<number> {
  outliveClosedOutput();
  const { quick, json, out, rounds = quick ? 1 : DEFAULT_ROUNDS } = command().parse().opts<Options>();
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort(new Error('interrupted'));
  // Again and again: a second one must not end us before the servers that we have started.
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  try {
    const report = await runBenchmark({
      rounds,
      quick,
      progress: terminalProgress(process.stderr),
      log: (line) => process.stderr.write(`${line}\n`),
      signal: interrupted.signal,
    });
    const text = `${JSON.stringify(report, undefined, 2)}\n`;
    if (out !== undefined) await writeFile(out, text);
    process.stdout.write(json ? text : formatReport(report));
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

// The benchmark's connections are still open, and would keep the process alive.
void main().then((code) => process.exit(code));
