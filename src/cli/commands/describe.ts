import type { Command } from 'commander';

import type { IntentDescription } from '../../intent';
import { hasGrpcStatus } from '../../temporal/grpc-status';
import { type Cli, CommandError } from '../cli';
import { timeoutOption } from '../options';
import { withIntents } from '../open-intents';
import { dim, red, yellow, type Line, type Painted } from '../painted';

export function addDescribeCommand(program: Command, cli: Cli): void {
  program
    .command('describe')
    .description('Shows where an intent stands and where it may go.')
    .argument('<id>', "the intent's id")
    .addOption(timeoutOption())
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 shown; 1 there is no such intent, or no worker answers; 2 wrong usage

Example:
  intent describe 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 --json | jq .state`,
    )
    .action(async (id: string, { timeout, json }: { timeout: number; json?: boolean }) => {
      const description = await withIntents(cli, {}, ({ intents }) =>
        intents.describe(id, { timeoutMs: timeout * 1_000 }).catch((error: unknown) => {
          throw hasGrpcStatus(error, 'CANCELLED', 'DEADLINE_EXCEEDED')
            ? new CommandError(
                `No worker answered for intent ${id} within ${timeout} s. Is one running? ` +
                  `Its audit trail is in Postgres all the same: intent history ${id}`,
              )
            : error;
        }),
      );
      if (json) return cli.printJson(description);
      cli.printLines(lines(description));
    });
}

function lines(intent: IntentDescription): Line[] {
  const { step } = intent;
  const where = step === null ? 'ended' : `step ${step.number}, ${step.label}`;
  const fields: Array<[string, string | Painted]> = [
    ['intent', intent.id],
    ['organization', intent.organizationId],
    ['graph', intent.graph],
    ['state', `${intent.state} (${where}; ${Math.round(intent.progress * 100)} %)`],
    ...optional('due', intent.deadline),
    ...optional('paused', intent.paused ? 'its clocks stand still' : null, yellow),
    ...optional('problem', intent.problem, red),
    ['next', intent.nextStates.join(', ') || 'nothing: it has ended'],
    ...intent.approvals.map(({ to, needed, votes, missing, roles }): [string, string] => [
      'votes',
      `${votes.length} of ${needed} for ${to}${votes.map(({ actor, role }) => `; ${actor} (${role})`).join('')}; ` +
        `${missing} missing, by ${roles.join(', ')}`,
    ]),
    ['transitions', `${intent.sequence}, of which Postgres holds ${intent.recordedSequence}`],
    ['audit hash', intent.auditHash ?? 'none yet'],
    ...optional('quarantined', intent.quarantined, red),
  ];
  return fields.map(([name, value]) => [dim(name.padEnd(14)), value]);
}

function optional(
  name: string,
  value: string | null,
  paint: (text: string) => string | Painted = (text) => text,
): Array<[string, string | Painted]> {
  return value === null ? [] : [[name, paint(value)]];
}
