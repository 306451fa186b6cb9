import { Command } from 'commander';

import { outliveClosedOutput } from '../../src/dev/machine/closed-output';
import { terminalProgress } from '../../src/dev/progress';
import { endOnSignal } from './end-on-signal';
import { LONG, runFaults, SHORT } from './run-faults';
import { formatRunReport } from './run-report';
import { anySeed } from './seeded-random';
import { atLeast } from '../setup/at-least';

interface Options {
  seed?: number;
  seeds: number;
  requests?: number;
  intents?: number;
  drivenRequests?: number;
  short: boolean;
  json: boolean;
}

function command(): Command {
  return new Command('npm run test:faults --')
    .description(
      'Kills, freezes and cuts off workers, Postgres and Temporal while apps send requests, and checks afterwards that\n' +
        'every acknowledged request has exactly one outcome. On servers of its own. Progress goes to standard error,\n' +
        'reports to standard output. Exit code 0: all promises held; 1: one did not; 2: the suite itself failed;\n' +
        '130, 143: it was told to end, by SIGINT or SIGTERM.',
    )
    .option('--seed <number>', 'repeat this schedule; default: any', atLeast(0))
    .option('--seeds <count>', 'runs, each with the next seed', atLeast(1), 20)
    .option(
      '--requests <count>',
      `of each run; default: ${LONG.requests}, short: ${SHORT.requests}`,
      atLeast(1),
    )
    .option('--intents <count>', `of each run; default: ${LONG.intents}, short: ${SHORT.intents}`, atLeast(1))
    .option(
      '--driven-requests <count>',
      `to driven intents, beside those; default: ${LONG.drivenRequests}, short: ${SHORT.drivenRequests}`,
      atLeast(0),
    )
    .option('--short', 'the form that npm test runs: each fault once', false)
    .option('--json', 'print a line of JSON for each run', false)
    .showHelpAfterError('(--help shows the options)')
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  outliveClosedOutput();
  const program = command().parse();
  const { seed, seeds, short, json, ...sizes } = program.opts<Options>();
  const first = seed ?? anySeed();
  // A seed that is given is meant alone.
  const runs = seed !== undefined && program.getOptionValueSource('seeds') === 'default' ? 1 : seeds;
  const size = { ...(short ? SHORT : LONG), ...sizes };
  const commands = new AbortController();
  let current = first;
  endOnSignal(
    commands,
    (signal) => `Ended by ${signal} during seed ${current}; all its servers have ended too.`,
  );
  let worst = 0;
  for (; current < first + runs; current += 1) {
    try {
      const report = await runFaults({
        seed: current,
        ...size,
        log: (line) => process.stderr.write(`${line}\n`),
        progress: terminalProgress(process.stderr),
        signal: commands.signal,
      });
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${formatRunReport(report)}\n`);
      if (report.problems.length > 0) worst = Math.max(worst, 1);
    } catch (error) {
      process.stderr.write(
        `Seed ${current}: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
      );
      worst = 2;
    }
  }
  return worst;
}

void main().then((code) => process.exit(code));
