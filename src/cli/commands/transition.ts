import type { Command } from 'commander';

import { readGraph } from '../../database/read-graphs';
import { readIntents } from '../../database/read-intents';
import { allStates } from '../../graph';
import type { RejectedOutcome } from '../../intent';
import { EXIT, type Cli } from '../cli';
import { metadataOption, timeoutOption, type MetadataOption } from '../options';
import { withIntents, type Engine } from '../open-intents';
import { suggest } from '../suggest';

interface TransitionCommandOptions extends MetadataOption {
  actor?: string;
  reason?: string;
  expect?: string;
  requestId?: string;
  timeout: number;
  json?: boolean;
}

export function addTransitionCommand(program: Command, cli: Cli): void {
  program
    .command('transition')
    .description('Asks for a transition and waits for its outcome.')
    .argument('<id>', "the intent's id")
    .argument('<state>', 'the state to move to')
    .option('--expect <state>', 'reject it unless the intent is in this state')
    .option('--actor <text>', 'who asks')
    .option('--reason <text>', 'why')
    .option('--request-id <text>', 'your own id: the same one sent again gives the first outcome again')
    .addOption(metadataOption())
    .addOption(timeoutOption())
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 applied; 1 rejected, or no outcome in time; 2 wrong usage

Example:
  intent transition 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 ICP_PROCESSING --expect ICP_PENDING --actor ada`,
    )
    .action(async (id: string, to: string, options: TransitionCommandOptions) => {
      const { actor, reason, expect, requestId, metadata, timeout, json } = options;
      await withIntents(cli, {}, async (engine) => {
        const outcome = await engine.intents.transition(
          id,
          {
            to,
            ...(expect !== undefined && { expectedState: expect }),
            ...(actor !== undefined && { actor }),
            ...(reason !== undefined && { reason }),
            ...(requestId !== undefined && { requestId }),
            ...(metadata !== undefined && { metadata }),
          },
          { timeoutMs: timeout * 1_000 },
        );
        if (outcome.status === 'rejected') cli.exitCode = EXIT.failed;
        if (json) cli.printJson(outcome);
        else if (outcome.status === 'applied') {
          cli.print(`${outcome.previousState} → ${outcome.newState}, sequence ${outcome.sequence}`);
        } else
          cli.note(`error: ${outcome.code}: ${outcome.message}${await nearest(engine, id, to, outcome)}`);
      });
    });
}

/** The state of the intent's graph that was probably meant, whether or not it may be moved to now. */
async function nearest({ pool }: Engine, id: string, to: string, { code }: RejectedOutcome): Promise<string> {
  if (code !== 'UNKNOWN_STATE') return '';
  const [intent] = await readIntents(pool, [id]);
  const graph = intent && (await readGraph(pool, { name: intent.graphName, version: intent.graphVersion }));
  return graph === undefined ? '' : suggest(to, allStates(graph));
}
