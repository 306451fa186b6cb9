import type { Command } from 'commander';

import { formatFinding } from '../../ops/findings';
import { reconcile, type ReconcileSummary, type Restored } from '../../ops/reconcile';
import { CHECK_EXIT, type Cli } from '../cli';
import { explainError } from '../explain-error';
import { withIntents } from '../open-intents';
import { checkIntentSelection } from '../options';
import { progressBar } from '../progress-bar';
import { quietRuntime } from '../quiet-runtime';

interface ReconcileCommandOptions {
  apply?: boolean;
  organization?: string;
  json?: boolean;
}

const HELP = `
Replays every intent's history in Temporal, and restores what Postgres lost: rows at the end of a trail, rejections,
whole intents, with the times that Postgres had stored. Each must get the hash that Temporal knows, or nothing of its
intent is restored. A row that is there but differs is reported and never touched.
Without --apply nothing is changed. It may be stopped and repeated. An empty database, migrated and with the graphs
registered, is filled from Temporal alone.

Exit codes:
  0  Postgres has all that Temporal knows, or has it now
  1  something differs still, or would be restored
  2  something could not be checked, or wrong usage

Examples:
  intent reconcile
  intent reconcile --apply
  intent reconcile --apply 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11`;

export function addReconcileCommand(program: Command, cli: Cli): void {
  program
    .command('reconcile')
    .description(
      'Restores in Postgres what it lost and Temporal knows. Says what it would do, unless --apply is given.',
    )
    .argument('[id...]', 'intents to reconcile; default: all')
    .option('--apply', 'restore, instead of saying what would be restored')
    .option('--organization <uuid>', 'intents of this organization only')
    .option(
      '--json',
      'print a line of JSON for each difference and each intent, and one with the summary at the end',
    )
    .addHelpText('after', HELP)
    .action(async (ids: string[], options: ReconcileCommandOptions) => {
      checkIntentSelection(ids, options.organization);
      try {
        const summary = await runReconcile(cli, ids, options);
        if (options.json) cli.print(JSON.stringify({ type: 'summary', ...summary }));
        else for (const line of report(summary)) cli.print(line);
        const { left, restored, applied } = summary;
        cli.exitCode = left > 0 || (restored > 0 && !applied) ? CHECK_EXIT.drift : CHECK_EXIT.clean;
      } catch (error) {
        cli.note(`error: ${explainError(error).message ?? 'unknown'}`);
        cli.exitCode = CHECK_EXIT.notChecked;
      }
    });
}

async function runReconcile(
  cli: Cli,
  ids: readonly string[],
  { apply = false, organization, json }: ReconcileCommandOptions,
): Promise<ReconcileSummary> {
  const progress = progressBar(cli.streams.stderr, 'intents');
  const say = (text: string, value: object) =>
    progress.line(json ? JSON.stringify(value) : text, (line) => cli.print(line));
  quietRuntime();
  try {
    return await withIntents(cli, {}, ({ pool, temporal }) =>
      reconcile({
        pool,
        client: temporal,
        apply,
        ids: ids.length === 0 ? undefined : ids,
        organizationId: organization?.toLowerCase(),
        onFinding: (finding) => say(formatFinding(finding), { type: 'finding', ...finding }),
        onRestore: (restored) =>
          say(`${apply ? 'restored' : 'would restore'} ${describe(restored)}`, {
            type: 'restore',
            ...restored,
          }),
        onLeft: (intentId, reason) =>
          say(`left alone: intent ${intentId}: ${reason}`, { type: 'left', intentId, reason }),
        onProgress: progress.show,
      }),
    );
  } finally {
    progress.end();
  }
}

function describe({ intentId, created, transitions, rejections }: Restored): string {
  const whole = created ? ' altogether' : '';
  return `intent ${intentId}${whole}: ${transitions} audit rows, ${rejections} rejections`;
}

function report({ intents, restored, transitions, rejections, left, applied }: ReconcileSummary): string[] {
  const rows = `${transitions} audit rows and ${rejections} rejections of ${restored} intents`;
  return [
    `${intents} intents`,
    ...(restored > 0 ? [`  ${rows} ${applied ? 'restored' : 'would be restored; --apply does it'}`] : []),
    ...(left > 0 ? [`  ${left} intents left as they are: somebody has to look`] : []),
    ...(restored === 0 && left === 0 ? ['Postgres has all that Temporal knows.'] : []),
  ];
}
