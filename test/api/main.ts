import { Command } from 'commander';

import { outliveClosedOutput } from '../../src/dev/machine/closed-output';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { anySeed } from '../faults/seeded-random';
import { atLeast } from '../setup/at-least';
import { startApiStack } from './api-stack';
import { LEAST_SECONDS, saturate } from './saturate';
import { fuzz } from './schemathesis';

interface Options {
  seed?: number;
  examples: number;
  saturate: boolean;
  seconds: number;
  json: boolean;
}

function command(): Command {
  return new Command('npm run test:api --')
    .description(
      'Holds the HTTP API against its own OpenAPI document with schemathesis, or, with --saturate, against more load than it\n' +
        'can serve and against clients that misbehave. On servers of its own. Progress goes to standard error, the report\n' +
        'to standard output. Exit code 0: all promises held; 1: one did not; 2: it could not run.',
    )
    .option('--seed <number>', 'repeat these cases; default: any', atLeast(0))
    .option('--examples <count>', 'of each operation, at most', atLeast(1), 400)
    .option('--saturate', 'load in place of cases', false)
    .option('--seconds <count>', 'of load', atLeast(LEAST_SECONDS), 120)
    .option('--json', 'print the report as JSON', false)
    .showHelpAfterError('(--help shows the options)')
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  outliveClosedOutput();
  const options = command().parse().opts<Options>();
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const folder = await makeTemporaryFolder();
  const stack = await startApiStack(options.saturate ? 50 : 5, log);
  try {
    const report = options.saturate
      ? await saturate({ ...stack, seconds: options.seconds, log })
      : await fuzz({
          ...stack,
          seed: options.seed ?? anySeed(),
          examples: options.examples,
          folder: folder.path,
          log,
        });
    process.stdout.write(`${JSON.stringify(report, undefined, options.json ? undefined : 2)}\n`);
    return report.failures.length === 0 ? 0 : 1;
  } finally {
    await stack.stack.stop();
    folder.remove();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  },
);
