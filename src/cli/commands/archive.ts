import type { Command } from 'commander';

import { archiveIntents, type ArchiveSummary } from '../../archive/archive-intents';
import { ARCHIVE_LIMITS } from '../../archive/limits';
import { countCandidates } from '../../archive/candidates';
import { EXIT, UsageError, type Cli } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';
import { interruptible } from '../interruptible';
import { withDatabase } from '../open-database';
import { age, checkIntentSelection, positiveInteger } from '../options';
import { yellow, type Line } from '../painted';
import { progressBar } from '../progress-bar';
import { signedFiles } from '../signed-files';

interface ArchiveCommandOptions {
  olderThan: number;
  files?: string;
  signingKey?: string;
  organization?: string;
  batchSize?: number;
  dryRun?: boolean;
  json?: boolean;
}

const HELP = `
Moves the audit rows, rejections and votes of intents that ended, and were last written, that long ago: to the archive tables,
partitioned by month, or with --files to compressed lines of JSON with a signed manifest for each file. The intents'
own rows stay. "intent verify" reads both; "intent history" and outcomes read the tables.

A batch is one transaction: the command may be stopped or killed at any moment, and started again. Nobody who records
or reads waits for it. Takes the owner's role, by OWNER_DATABASE_URL.

Exit codes:
  0  all were moved that there were
  1  it failed, or was stopped before the end; run it again to go on
  2  wrong usage

Examples:
  intent archive --older-than 90d
  openssl genpkey -algorithm ed25519 -out archive.key
  intent archive --older-than 365d --files /backup/intents --signing-key archive.key`;

export function addArchiveCommand(program: Command, cli: Cli): void {
  program
    .command('archive')
    .description('Moves the rows of intents that have ended to the archive.')
    .requiredOption('--older-than <duration>', 'ended that long ago: 90d, 12h, 30m, 45s', age)
    .option('--files <folder>', 'to files in this folder instead of the archive tables')
    .option('--signing-key <file>', 'Ed25519 private key in PEM that signs the manifests')
    .option('--organization <uuid>', 'intents of this organization only')
    .option('--batch-size <intents>', 'intents in a transaction, and in a file', positiveInteger)
    .option('--dry-run', 'say how many would be moved, and move none')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(async (options: ArchiveCommandOptions) => {
      checkIntentSelection([], options.organization);
      if ((options.batchSize ?? 1) > ARCHIVE_LIMITS.batchIntentsMax) {
        throw new UsageError(`--batch-size: at most ${ARCHIVE_LIMITS.batchIntentsMax}`);
      }
      const files = await signedFiles('--files', options.files, options.signingKey);
      const selection = {
        before: new Date(Date.now() - options.olderThan),
        organizationId: options.organization?.toLowerCase(),
      };
      const url = ownerDatabaseUrl(resolveEnvironment(cli));
      if (options.dryRun) {
        const intents = await withDatabase(url, (pool) => countCandidates(pool, selection));
        if (options.json) cli.printJson({ intents, dryRun: true });
        else cli.print(`${intents} intents would be moved.`);
        return;
      }
      const progress = progressBar(cli.streams.stderr, 'intents');
      try {
        const summary = await interruptible((signal) =>
          withDatabase(url, (pool) =>
            archiveIntents({
              pool,
              ...selection,
              files,
              batchSize: options.batchSize,
              signal,
              onProgress: progress.show,
            }),
          ),
        );
        progress.end();
        if (options.json) cli.printJson(summary);
        else cli.printLines(report(summary));
        cli.exitCode = summary.complete ? EXIT.ok : EXIT.failed;
      } finally {
        progress.end();
      }
    });
}

function report({ intents, auditRows, rejections, votes, files, complete }: ArchiveSummary): Line[] {
  const where = files > 0 ? ` to ${files} files` : '';
  const moved = `${intents} intents moved${where}: ${auditRows} audit rows, ${rejections} rejections${votes > 0 ? `, ${votes} votes` : ''}.`;
  return complete ? [moved] : [moved, [yellow('Stopped before the end'), '; run it again to go on.']];
}
