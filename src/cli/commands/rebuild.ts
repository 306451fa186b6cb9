import type { Command } from 'commander';

import { migrate } from '../../database/migrate';
import { CHECK_EXIT, type Cli } from '../cli';
import { ownerDatabaseUrl } from '../environment';
import { reportError } from '../explain-error';
import { withDatabase } from '../open-database';
import { withIntents } from '../open-intents';
import { quietRuntime } from '../quiet-runtime';
import { printReconciled, reconcileAloud } from './reconcile';

const HELP = `
Applies the migrations, registers the graphs that the intents have followed, and restores every intent that
Temporal has kept, with the stored times and hashes. Rows that are there already stay as they are: it may be stopped and
repeated. Takes the owner's role, by OWNER_DATABASE_URL.

What Temporal's retention has deleted does not come back; for that there are backups of Postgres.

Exit codes:
  0  Postgres has all that Temporal knows
  1  something differs, or could not be restored
  2  a server does not answer, it was stopped before the end, or wrong usage

Example:
  OWNER_DATABASE_URL=postgres://owner@localhost/empty DATABASE_URL=postgres://engine@localhost/empty intent rebuild`;

export function addRebuildCommand(program: Command, cli: Cli): void {
  program
    .command('rebuild')
    .description('Fills an empty database from Temporal alone.')
    .option('--json', 'print a line of JSON for each intent, and one with the summary at the end')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: boolean }) => {
      quietRuntime();
      try {
        const summary = await withIntents(cli, {}, async ({ env, temporal }) => {
          const databaseUrl = ownerDatabaseUrl(env);
          await migrate({ databaseUrl, log: (line) => cli.note(line) });
          return withDatabase(databaseUrl, (pool) =>
            reconcileAloud(cli, json, { pool, client: temporal, apply: true, registerGraphs: true }),
          );
        });
        printReconciled(cli, { ...(json !== undefined && { json }) }, summary);
      } catch (error) {
        reportError(cli, error);
        cli.exitCode = CHECK_EXIT.notChecked;
      }
    });
}
