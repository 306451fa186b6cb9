import { Option, type Command } from 'commander';

import { checkpointFile } from '../../ops/checkpoint-file';
import { verify, type VerifyMode, type VerifyOptions, type VerifySummary } from '../../ops/verify';
import { readVerifyingKey } from '../../archive/manifest';
import type { ArchiveFiles } from '../../ops/archive-files';
import { CHECK_EXIT, UsageError, type Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { reportError } from '../explain-error';
import { findingLine } from '../finding-line';
import { interruptible } from '../interruptible';
import { withDatabase } from '../open-database';
import { withIntents } from '../open-intents';
import { checkIntentSelection } from '../options';
import { green, red, yellow } from '../painted';
import { progressBar } from '../progress-bar';
import { sayer } from '../say';
import { quietRuntime } from '../quiet-runtime';

interface VerifyCommandOptions {
  fast?: boolean;
  sqlOnly?: boolean;
  organization?: string;
  checkpoint?: string;
  archive?: string;
  archiveKey?: string;
  json?: boolean;
}

const HELP = `
Three ways, each with all of the ones before:
  --sql-only  what Postgres says of itself: chains, sequences, states, edges, mirror, triggers, registered graphs
  --fast      and the head of each chain against what its workflow remembers; needs a worker
  (neither)   and every row against the replayed history in Temporal, and the intents that Postgres lacks

Nothing is changed. With --checkpoint an interrupted run goes on where it was when it is started again.

Exit codes:
  0  clean
  1  something is not as it must be
  2  something could not be checked: a server does not answer, a history can't be replayed, or wrong usage

Examples:
  intent verify
  intent verify --fast --checkpoint verify.json
  intent verify 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11
  intent verify --json | jq -c 'select(.type == "finding")'`;

export function addVerifyCommand(program: Command, cli: Cli): void {
  program
    .command('verify')
    .description('Checks that nothing has drifted: Postgres by its own rules, and against Temporal.')
    .argument('[id...]', 'intents to verify; default: all')
    .addOption(
      new Option('--fast', 'compare only the heads of the chains with Temporal').conflicts('sqlOnly'),
    )
    .option('--sql-only', 'leave Temporal out')
    .option('--organization <uuid>', 'intents of this organization only')
    .option('--archive <folder>', 'archive files, to verify what they hold as well')
    .option('--archive-key <file>', 'Ed25519 public key in PEM that the manifests must be signed with')
    .option('--checkpoint <file>', 'keep the position there, and go on from it')
    .option('--json', 'print a line of JSON for each finding, and one with the summary at the end')
    .addHelpText('after', HELP)
    .action(async (ids: string[], options: VerifyCommandOptions) => {
      checkIntentSelection(ids, options.organization);
      if (options.archiveKey !== undefined && options.archive === undefined) {
        throw new UsageError('--archive-key: give the folder of the archive files with --archive');
      }
      try {
        const summary = await interruptible((signal) => runVerify(cli, ids, options, signal));
        print(cli, options, summary);
        cli.exitCode = exitCodeOf(summary);
      } catch (error) {
        reportError(cli, error);
        cli.exitCode = CHECK_EXIT.notChecked;
      }
    });
}

async function runVerify(
  cli: Cli,
  ids: readonly string[],
  { fast, sqlOnly, organization, checkpoint, archive, archiveKey, json }: VerifyCommandOptions,
  signal: AbortSignal,
): Promise<VerifySummary> {
  const mode: VerifyMode = sqlOnly ? 'sql' : fast ? 'fast' : 'full';
  const progress = progressBar(cli.streams.stderr, 'intents');
  const say = sayer(cli, progress, json);
  const options: Omit<VerifyOptions, 'pool'> = {
    mode,
    ids: ids.length === 0 ? undefined : ids,
    organizationId: organization?.toLowerCase(),
    archive: archive === undefined ? undefined : await archiveFiles(archive, archiveKey),
    checkpoint: checkpoint === undefined ? undefined : checkpointFile(checkpoint),
    signal,
    onFinding: (finding) => say(findingLine(finding), { type: 'finding', ...finding }),
    onUnchecked: (intentId, reason) =>
      say([yellow('not checked:'), ` intent ${intentId}: ${reason}`], {
        type: 'unchecked',
        intentId,
        reason,
      }),
    onProgress: progress.show,
  };
  try {
    if (mode === 'sql') {
      return await withDatabase(databaseUrl(resolveEnvironment(cli)), (pool) => verify({ ...options, pool }));
    }
    quietRuntime();
    return await withIntents(cli, {}, ({ pool, temporal }) => verify({ ...options, pool, client: temporal }));
  } finally {
    progress.end();
  }
}

async function archiveFiles(folder: string, key: string | undefined): Promise<ArchiveFiles> {
  return { folder, verifyingKey: key === undefined ? undefined : await readVerifyingKey(key) };
}

function exitCodeOf({ findings, unchecked, complete }: VerifySummary): number {
  if (Object.keys(findings).length > 0) return CHECK_EXIT.drift;
  return unchecked > 0 || !complete ? CHECK_EXIT.notChecked : CHECK_EXIT.clean;
}

function print(cli: Cli, { json, checkpoint }: VerifyCommandOptions, summary: VerifySummary): void {
  if (json) return cli.printJsonLine({ type: 'summary', ...summary });
  const { mode, intents, witnessed, forgotten, filed, unchecked, findings, complete, seconds } = summary;
  const counts = Object.entries(findings).map(([code, count]) => `${code} ${count}`);
  cli.print(`${intents} intents in ${seconds.toFixed(1)} s`);
  if (filed > 0) cli.print(`  ${filed} whose rows are in archive files: --archive FOLDER verifies them, too`);
  if (mode !== 'sql') {
    const compared =
      mode === 'full' ? 'compared row by row with Temporal' : 'whose head Temporal confirms or denies';
    cli.print(`  ${witnessed} ${compared}`);
    if (forgotten > 0)
      cli.print(
        `  ${forgotten} that Temporal has deleted, by its retention or a purge: only Postgres speaks for them`,
      );
    if (unchecked > 0) cli.print(['  ', yellow(`${unchecked} that could not be checked`)]);
  }
  if (!complete) {
    const how = checkpoint === undefined ? '--checkpoint FILE keeps the position' : 'run it again to go on';
    cli.print([yellow('Stopped before the end'), `; ${how}.`]);
  }
  if (counts.length > 0) cli.print([red('Drift:'), ` ${counts.join(', ')}.`]);
  else if (unchecked === 0 && complete) cli.print([green('Clean.')]);
}
