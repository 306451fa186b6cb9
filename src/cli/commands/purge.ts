import type { Command } from 'commander';

import { purge, type PurgeSummary } from '../../ops/purge';
import { EXIT, UsageError, type Cli } from '../cli';
import { ownerDatabaseUrl } from '../environment';
import { interruptible } from '../interruptible';
import { withDatabase } from '../open-database';
import { withIntents } from '../open-intents';
import { checkIntentSelection } from '../options';
import { yellow, type Line } from '../painted';
import { progressBar } from '../progress-bar';
import { sayer } from '../say';
import { signedFiles } from '../signed-files';

interface PurgeCommandOptions {
  organization?: string;
  reason: string;
  archive?: string;
  signingKey?: string;
  apply?: boolean;
  json?: boolean;
}

const HELP = `
Erases in Postgres the title, metadata, creator, actors, reasons, messages and evidence, and in Temporal the whole
history. States, times, request ids and hashes stay: the chain can still be checked, but nobody can find out what was
erased. Only intents that have ended; the others are named. Takes the owner's role, by OWNER_DATABASE_URL.
Without --apply nothing is changed. What was erased can't be brought back.

Exit codes:
  0  all of them are erased, or would be
  1  some could not be erased, or it was stopped before the end
  2  wrong usage

Examples:
  intent purge --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --reason "contract ended"
  intent purge 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 --reason "request 4711" --apply`;

export function addPurgeCommand(program: Command, cli: Cli): void {
  program
    .command('purge')
    .description(
      'Erases what intents that have ended say about people. Says what it would do, unless --apply is given.',
    )
    .argument('[id...]', 'intents to erase')
    .option('--organization <uuid>', 'all intents of this organization')
    .requiredOption('--reason <text>', 'kept with the record of the erasure; name no person in it')
    .option('--archive <folder>', 'archive files: those with such intents are written anew')
    .option('--signing-key <file>', 'Ed25519 private key in PEM that signs the manifests')
    .option('--apply', 'erase, instead of saying what would be erased')
    .option('--json', 'print a line of JSON for each intent, and one with the summary at the end')
    .addHelpText('after', HELP)
    .action(async (ids: string[], options: PurgeCommandOptions) => {
      checkIntentSelection(ids, options.organization);
      if (ids.length > 0 === (options.organization !== undefined)) {
        throw new UsageError('--organization: name either intents or an organization');
      }
      const summary = await runPurge(cli, ids, options);
      if (options.json) cli.printJsonLine({ type: 'summary', ...summary });
      else cli.printLines(report(summary));
      cli.exitCode = summary.left === 0 && summary.complete ? EXIT.ok : EXIT.failed;
    });
}

async function runPurge(
  cli: Cli,
  ids: readonly string[],
  { organization, reason, archive, signingKey, apply = false, json }: PurgeCommandOptions,
): Promise<PurgeSummary> {
  const files = await signedFiles('--archive', archive, signingKey);
  const progress = progressBar(cli.streams.stderr, 'intents');
  const say = sayer(cli, progress, json);
  try {
    return await interruptible((signal) =>
      withIntents(cli, {}, ({ env, temporal }) =>
        withDatabase(ownerDatabaseUrl(env), (pool) =>
          purge({
            pool,
            client: temporal,
            apply,
            reason,
            files,
            signal,
            ids: ids.length === 0 ? undefined : ids,
            organizationId: organization?.toLowerCase(),
            onPurged: (intentId) =>
              say(`${apply ? 'erased' : 'would erase'} intent ${intentId}`, { type: 'purged', intentId }),
            onLeft: (intentId, why) =>
              say([yellow('left alone:'), ` intent ${intentId}: ${why}`], {
                type: 'left',
                intentId,
                reason: why,
              }),
            onProgress: progress.show,
          }),
        ),
      ),
    );
  } finally {
    progress.end();
  }
}

function report({ intents, purged, left, applied, complete }: PurgeSummary): Line[] {
  return [
    `${intents} intents`,
    `  ${purged} ${applied ? 'erased' : 'would be erased; --apply does it'}`,
    ...(left > 0 ? [['  ', yellow(`${left} left as they are`)]] : []),
    ...(complete ? [] : [[yellow('Stopped before the end'), '; run it again to go on.']]),
  ];
}
