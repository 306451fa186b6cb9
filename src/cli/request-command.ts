import type { Command } from 'commander';

import type { IntentClient } from '../client';
import type { Cli } from './cli';
import { withIntents } from './open-intents';
import {
  addRequestOptions,
  printOutcome,
  REQUEST_EXIT_CODES,
  saidOf,
  waitOf,
  type RequestOptions,
} from './request-options';

/** A command that sends a request which needs no more than the intent's id. */
export function addRequestCommand(
  program: Command,
  cli: Cli,
  verb: 'cancel' | 'pause' | 'resume',
  { description, example }: { description: string; example: string },
): void {
  const command = program.command(verb).description(description).argument('<id>', "the intent's id");
  addRequestOptions(command)
    .addHelpText('after', `\n${REQUEST_EXIT_CODES}\n\nExample:\n  ${example}`)
    .action(async (id: string, options: RequestOptions) => {
      await withIntents(cli, {}, async ({ intents }: { intents: IntentClient }) => {
        printOutcome(cli, await intents[verb](id, saidOf(options), waitOf(options)), options);
      });
    });
}
