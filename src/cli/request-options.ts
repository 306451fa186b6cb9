import type { Command } from 'commander';

import type { Outcome } from '../intent';
import { EXIT, type Cli } from './cli';
import { green, yellow } from './painted';
import { metadataOption, positiveInteger, timeoutOption, type MetadataOption } from './options';

/** What every command that sends a request takes. */
export interface RequestOptions extends MetadataOption {
  expect?: string;
  expectedSequence?: number;
  actor?: string;
  reason?: string;
  requestId?: string;
  timeout: number;
  json?: boolean;
}

export const REQUEST_EXIT_CODES = 'Exit codes: 0 applied; 1 rejected, or no outcome in time; 2 wrong usage';

export function addRequestOptions(command: Command): Command {
  return command
    .option('--expect <state>', 'reject it unless the intent is in this state')
    .option(
      '--expected-sequence <number>',
      'reject it unless this is the sequence of its last audit row',
      positiveInteger,
    )
    .option('--actor <text>', 'who asks')
    .option('--reason <text>', 'why')
    .option('--request-id <text>', 'your own id: the same one sent again gives the first outcome again')
    .addOption(metadataOption())
    .addOption(timeoutOption())
    .option('--json', 'print the outcome as JSON');
}

/** What the request says, without what was not given. */
export function saidOf({ expect, expectedSequence, actor, reason, requestId, metadata }: RequestOptions) {
  return {
    ...(expect !== undefined && { expectedState: expect }),
    ...(expectedSequence !== undefined && { expectedSequence }),
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(requestId !== undefined && { requestId }),
    ...(metadata !== undefined && { metadata }),
  };
}

export function waitOf({ timeout }: RequestOptions): { timeoutMs: number } {
  return { timeoutMs: timeout * 1_000 };
}

/** Prints an outcome and sets the exit code. `hint` follows the message of a rejection. */
export function printOutcome(
  cli: Cli,
  outcome: Outcome,
  { json }: Pick<RequestOptions, 'json'>,
  hint = '',
): void {
  if (outcome.status === 'rejected') cli.exitCode = EXIT.failed;
  if (json) cli.printJson(outcome);
  else if (outcome.status === 'applied') {
    cli.print([`${outcome.previousState} → `, green(outcome.newState), `, sequence ${outcome.sequence}`]);
  } else if (outcome.status === 'voted') {
    const votes = yellow(`${outcome.votes} of the ${outcome.needed} votes`);
    cli.print([votes, ` for ${outcome.to}; still in ${outcome.state}`]);
  } else cli.error(`${outcome.code}: ${outcome.message}${hint}`);
}
