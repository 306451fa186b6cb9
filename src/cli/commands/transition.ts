import type { Command } from 'commander';

import { readGraph } from '../../database/read-graphs';
import { readIntents } from '../../database/read-intents';
import { allStates } from '../../graph';
import type { Outcome } from '../../intent';
import type { Cli } from '../cli';
import { withIntents, type Engine } from '../open-intents';
import {
  addRequestOptions,
  printOutcome,
  REQUEST_EXIT_CODES,
  saidOf,
  waitOf,
  type RequestOptions,
} from '../request-options';
import { suggest } from '../suggest';

export function addTransitionCommand(program: Command, cli: Cli): void {
  const command = program
    .command('transition')
    .description('Asks for a transition and waits for its outcome.')
    .argument('<id>', "the intent's id")
    .argument('<state>', 'the state to move to');
  addRequestOptions(command)
    .addHelpText(
      'after',
      `
${REQUEST_EXIT_CODES}

Example:
  intent transition 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 ICP_PROCESSING --expect ICP_PENDING --actor ada`,
    )
    .action(async (id: string, to: string, options: RequestOptions) => {
      await withIntents(cli, {}, async (engine) => {
        const outcome = await engine.intents.transition(id, { to, ...saidOf(options) }, waitOf(options));
        printOutcome(cli, outcome, options, await nearestState(engine, id, to, outcome));
      });
    });
}

/** The state of the intent's graph that was probably meant, whether or not it may be moved to now. */
export async function nearestState(
  { pool }: Engine,
  id: string,
  to: string,
  outcome: Outcome,
): Promise<string> {
  if (outcome.status !== 'rejected' || outcome.code !== 'UNKNOWN_STATE') return '';
  const [intent] = await readIntents(pool, [id]);
  const graph = intent && (await readGraph(pool, { name: intent.graphName, version: intent.graphVersion }));
  return graph === undefined ? '' : suggest(to, allStates(graph));
}
