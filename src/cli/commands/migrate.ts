import type { Command } from 'commander';

import { migrate } from '../../database/migrate';
import type { Cli } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';

export function addMigrateCommand(program: Command, cli: Cli): void {
  program
    .command('migrate')
    .description(
      "Brings the database's schema up to date and registers the built-in graphs. The owner's act.",
    )
    .option('--json', 'print { applied } as JSON, the names of the migrations applied now')
    .addHelpText(
      'after',
      `
Uses OWNER_DATABASE_URL, else DATABASE_URL. Running it again, or twice at once, is harmless.

Exit codes: 0 the schema is up to date; 1 a migration failed, or no privilege; 2 wrong usage

Example:
  OWNER_DATABASE_URL=postgres://owner@localhost/intent intent migrate`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const databaseUrl = ownerDatabaseUrl(resolveEnvironment(cli));
      const { applied } = await migrate({
        databaseUrl,
        log: (line) => (json ? cli.note(line) : cli.print(line)),
      });
      if (json) cli.printJson({ applied });
      else if (applied.length === 0) cli.print('The schema is up to date');
    });
}
