import type { Command } from 'commander';

import { readHistory } from '../../database/read-history';
import { readRecords } from '../../database/read-records';
import { CommandError, type Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { withDatabase } from '../open-database';
import { checkIntentSelection } from '../options';

export function addHistoryCommand(program: Command, cli: Cli): void {
  program
    .command('history')
    .description("Prints an intent's audit trail, oldest first. Asks Postgres only.")
    .argument('<id>', "the intent's id")
    .option('--json', 'print a JSON array with every column')
    .addHelpText(
      'after',
      `
Exit codes: 0 printed; 1 there is no such intent, or its rows are in an archive file; 2 wrong usage

Example:
  intent history 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11`,
    )
    .action(async (id: string, { json }: { json?: boolean }) => {
      checkIntentSelection([id], undefined);
      const rows = await withDatabase(databaseUrl(resolveEnvironment(cli)), async (pool) => {
        const history = await readHistory(pool, id);
        if (history.length > 0) return history;
        const file = (await readRecords(pool, [id])).get(id)?.archived?.file;
        throw new CommandError(
          file
            ? `The audit rows of intent ${id} are in the archive file ${file}.`
            : `There is no intent ${id}.`,
        );
      });
      if (json) return cli.printJson(rows);
      cli.printTable(
        ['sequence', 'kind', 'previous_state', 'new_state', 'actor', 'reason', 'transitioned_at', 'hash'],
        rows.map((row) => [
          row.sequence,
          row.kind,
          row.previousState,
          row.newState,
          row.actor,
          row.reason,
          row.transitionedAt.toISOString(),
          row.hash.slice(0, 12),
        ]),
      );
    });
}
