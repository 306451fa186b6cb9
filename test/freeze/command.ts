import { Command } from 'commander';

import { quietRuntime } from '../../src/cli/quiet-runtime';
import { outliveClosedOutput } from '../../src/dev/machine/closed-output';
import { EXIT } from './report';

export interface CommonOptions {
  readonly json: boolean;
  readonly frozen?: string;
  readonly histories?: string;
}

/** A command line of this folder: `--help`, wrong usage and unexpected errors are the same in both. */
export function freezeCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .option('--json', 'print the result as JSON', false)
    .option('--frozen <folder>', 'of what is frozen; default: test/frozen')
    .option('--histories <folder>', 'of recorded histories; default: test/histories')
    .showHelpAfterError('(--help shows the options)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.holds : EXIT.notChecked))
    .addHelpText(
      'after',
      `
Exit codes:
  0  all that is frozen holds, and all is frozen
  1  a change is incompatible
  2  the check failed, or the command was wrong
  3  nothing is incompatible, but something is not frozen yet`,
    );
}

/** Runs it to its exit code. Workers that replay have no log of their own here. */
export function runToExit(run: () => Promise<number>): void {
  outliveClosedOutput();
  quietRuntime();
  run().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error);
      process.exit(EXIT.notChecked);
    },
  );
}
