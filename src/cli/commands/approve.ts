import type { Command } from 'commander';

import { UsageError, type Cli } from '../cli';
import { withIntents } from '../open-intents';
import { addRequestOptions, printOutcome, saidOf, waitOf, type RequestOptions } from '../request-options';
import { nearestState } from './transition';

interface ApproveOptions extends RequestOptions {
  role: string;
  onBehalfOf?: string;
}

export function addApproveCommand(program: Command, cli: Cli): void {
  const command = program
    .command('approve')
    .description('Votes for a transition that needs approvals, and waits for the outcome.')
    .argument('<id>', "the intent's id")
    .argument('<state>', 'the state to vote for')
    .requiredOption('--role <text>', 'in which role')
    .option('--on-behalf-of <text>', 'for whom, where the graph allows it');
  addRequestOptions(command)
    .addHelpText(
      'after',
      `
--actor is required: it says who votes.
Exit codes: 0 counted, or applied with the last vote that was missing; 1 rejected, or no outcome in time; 2 wrong usage

Example:
  intent approve 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 APPROVED --actor grace --role supervisor --reason checked`,
    )
    .action(async (id: string, to: string, options: ApproveOptions) => {
      const { actor, role, onBehalfOf } = options;
      if (actor === undefined) throw new UsageError('--actor: say who votes');
      await withIntents(cli, {}, async (engine) => {
        const vote = { to, ...saidOf(options), actor, role, ...(onBehalfOf !== undefined && { onBehalfOf }) };
        const outcome = await engine.intents.approve(id, vote, waitOf(options));
        printOutcome(cli, outcome, options, await nearestState(engine, id, to, outcome));
      });
    });
}
