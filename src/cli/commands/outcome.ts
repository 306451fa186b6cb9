import type { Command } from 'commander';

import { CommandError, type Cli } from '../cli';
import { withIntents } from '../open-intents';
import { printOutcome, REQUEST_EXIT_CODES } from '../request-options';

export function addOutcomeCommand(program: Command, cli: Cli): void {
  program
    .command('outcome')
    .description('Tells what became of a request. Asks Postgres, and for an intent that it lacks Temporal.')
    .argument('<id>', "the intent's id")
    .argument('<request-id>', "the request's id")
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
${REQUEST_EXIT_CODES}

Example:
  intent outcome 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 job-17:start`,
    )
    .action(async (id: string, requestId: string, { json }: { json?: boolean }) => {
      await withIntents(cli, {}, async ({ intents }) => {
        const outcome = await intents.outcome(id, requestId);
        if (outcome === undefined) {
          throw new CommandError(
            `There is no outcome of request ${requestId} to intent ${id}: it has not been decided yet, or was never sent.`,
          );
        }
        printOutcome(cli, outcome, { json: json === true });
      });
    });
}
