import type { Command } from 'commander';

import { UsageError, type Cli } from '../cli';
import { withIntents } from '../open-intents';
import {
  addRequestOptions,
  printOutcome,
  REQUEST_EXIT_CODES,
  saidOf,
  waitOf,
  type RequestOptions,
} from '../request-options';
import { nearestState } from './transition';

export function addForceCommand(program: Command, cli: Cli): void {
  const command = program
    .command('force')
    .description(
      'Moves an intent to any state of its graph, past edges, guards and approvals, and waits for the outcome. The audit row is flagged.',
    )
    .argument('<id>', "the intent's id")
    .argument('<state>', 'the state to move to')
    .option('--reopen', 'also out of a terminal state');
  addRequestOptions(command)
    .addHelpText(
      'after',
      `
--actor and --reason are required. Whoever may send signals to Temporal may force: the audit row says who did.
${REQUEST_EXIT_CODES}

Example:
  intent force 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 ICP_PENDING --actor ada --reason "ticket 4711"

An intent that has ended stays as it is, unless:
  intent force 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 PUBLISH_PENDING --reopen --actor ada --reason "ticket 4712"`,
    )
    .action(async (id: string, to: string, options: RequestOptions & { reopen?: true }) => {
      const { actor, reason, reopen } = options;
      if (actor === undefined) throw new UsageError('--actor: say who forces it');
      if (reason === undefined) throw new UsageError('--reason: say why it is forced');
      await withIntents(cli, {}, async (engine) => {
        const request = { to, ...saidOf(options), actor, reason, scope: 'admin', ...(reopen && { reopen }) };
        const outcome = await engine.intents.force(id, request, waitOf(options));
        const ended = outcome.status === 'rejected' && outcome.code === 'TERMINAL_STATE' && !reopen;
        const hint = ended
          ? ' Add --reopen to take it up again.'
          : await nearestState(engine, id, to, outcome);
        printOutcome(cli, outcome, options, hint);
      });
    });
}
