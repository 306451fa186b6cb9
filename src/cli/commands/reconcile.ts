import type { Command } from 'commander';
import type { Pool } from 'pg';

import { checkpointFile } from '../../ops/checkpoint-file';
import { reconcile, type ReconcileOptions, type ReconcileSummary, type Restored } from '../../ops/reconcile';
import { CHECK_EXIT, type Cli } from '../cli';
import { ownerDatabaseUrl } from '../environment';
import { reportError } from '../explain-error';
import { findingLine } from '../finding-line';
import { interruptible } from '../interruptible';
import { withDatabase } from '../open-database';
import { withIntents } from '../open-intents';
import { checkIntentSelection } from '../options';
import { green, red, yellow, type Line } from '../painted';
import { progressBar } from '../progress-bar';
import { sayer } from '../say';
import { quietRuntime } from '../quiet-runtime';

interface ReconcileCommandOptions {
  apply?: boolean;
  repair?: boolean;
  organization?: string;
  checkpoint?: string;
  json?: boolean;
}

const HELP = `
Replays every intent's history in Temporal, and restores what Postgres lost: rows at the end of a trail, rejections,
whole intents, with the times that Postgres had stored. Each must get the hash that Temporal knows, or nothing of its
intent is restored. A row that is there but differs is reported and left as it is, unless --repair is given: then it is
kept as evidence in workflow_transition_repairs, and replaced with what Temporal knows. --repair takes the owner's role,
by OWNER_DATABASE_URL. Without --apply nothing is changed. It may be stopped and repeated; with --checkpoint it then goes on where it was.

Exit codes:
  0  Postgres has all that Temporal knows, or has it now
  1  something differs still, or would be restored
  2  something could not be checked, or wrong usage

Examples:
  intent reconcile
  intent reconcile --apply
  intent reconcile --apply 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11
  intent reconcile --repair                        (what would be replaced)
  intent reconcile --repair --apply`;

export function addReconcileCommand(program: Command, cli: Cli): void {
  program
    .command('reconcile')
    .description(
      'Restores in Postgres what it lost and Temporal knows. Says what it would do, unless --apply is given.',
    )
    .argument('[id...]', 'intents to reconcile; default: all')
    .option('--apply', 'restore, instead of saying what would be restored')
    .option('--repair', 'also replace rows that differ, and keep them as evidence')
    .option('--organization <uuid>', 'intents of this organization only')
    .option('--checkpoint <file>', 'keep the position there, and go on from it')
    .option(
      '--json',
      'print a line of JSON for each difference and each intent, and one with the summary at the end',
    )
    .addHelpText('after', HELP)
    .action(async (ids: string[], options: ReconcileCommandOptions) => {
      checkIntentSelection(ids, options.organization);
      try {
        const summary = await runReconcile(cli, ids, options);
        printReconciled(cli, options, summary);
      } catch (error) {
        reportError(cli, error);
        cli.exitCode = CHECK_EXIT.notChecked;
      }
    });
}

/** Prints the summary, and sets the exit code by it. */
export function printReconciled(cli: Cli, { json }: { json?: boolean }, summary: ReconcileSummary): void {
  if (json) cli.printJsonLine({ type: 'summary', ...summary });
  else cli.printLines(report(summary));
  const { left, restored, applied, complete } = summary;
  cli.exitCode = complete ? CHECK_EXIT.clean : CHECK_EXIT.notChecked;
  if (left > 0 || (restored > 0 && !applied)) cli.exitCode = CHECK_EXIT.drift;
}

async function runReconcile(
  cli: Cli,
  ids: readonly string[],
  { apply = false, repair = false, organization, checkpoint, json }: ReconcileCommandOptions,
): Promise<ReconcileSummary> {
  quietRuntime();
  return withIntents(cli, {}, ({ env, pool, temporal }) => {
    const run = (ownPool: Pool) =>
      reconcileAloud(cli, json, {
        pool: ownPool,
        client: temporal,
        apply,
        repair,
        ids: ids.length === 0 ? undefined : ids,
        organizationId: organization?.toLowerCase(),
        checkpoint: checkpoint === undefined ? undefined : checkpointFile(checkpoint),
      });
    return repair ? withDatabase(ownerDatabaseUrl(env), run) : run(pool);
  });
}

/** Reconciles, and prints each difference and what is done about it, with progress. Ctrl-C stops it between intents. */
export async function reconcileAloud(
  cli: Cli,
  json: boolean | undefined,
  options: Omit<ReconcileOptions, 'onFinding' | 'onRestore' | 'onLeft' | 'onProgress' | 'signal'>,
): Promise<ReconcileSummary> {
  const progress = progressBar(cli.streams.stderr, 'intents');
  const say = sayer(cli, progress, json);
  try {
    return await interruptible((signal) =>
      reconcile({
        ...options,
        signal,
        onFinding: (finding) => say(findingLine(finding), { type: 'finding', ...finding }),
        onRestore: (restored) => say(describe(restored, options.apply), { type: 'restore', ...restored }),
        onLeft: (intentId, reason) =>
          say([yellow('left alone:'), ` intent ${intentId}: ${reason}`], { type: 'left', intentId, reason }),
        onProgress: progress.show,
      }),
    );
  } finally {
    progress.end();
  }
}

function describe(
  { intentId, created, transitions, rejections, votes, repairedFrom }: Restored,
  apply: boolean,
): string {
  const verb = repairedFrom === undefined ? 'restore' : 'repair';
  const what = created
    ? ' altogether'
    : repairedFrom === undefined
      ? ''
      : ` from sequence ${repairedFrom} on`;
  const done = apply ? `${verb}${verb.endsWith('e') ? 'd' : 'ed'}` : `would ${verb}`;
  return `${done} intent ${intentId}${what}: ${transitions} audit rows, ${rejections} rejections${votes === undefined ? '' : `, ${votes} votes`}`;
}

function report(summary: ReconcileSummary): Line[] {
  const { intents, restored, repaired, transitions, rejections, votes, left, applied, complete } = summary;
  const others = votes > 0 ? `${rejections} rejections and ${votes} votes` : `${rejections} rejections`;
  const rows = `${transitions} audit rows and ${others} of ${restored} intents`;
  const evidence =
    repaired > 0 ? `; ${repaired} of them by replacing rows, kept in workflow_transition_repairs` : '';
  return [
    `${intents} intents`,
    ...(restored > 0
      ? [`  ${rows} ${applied ? 'restored' : 'would be restored; --apply does it'}${evidence}`]
      : []),
    ...(left > 0 ? [['  ', red(`${left} intents left as they are: somebody has to look`)]] : []),
    ...(complete ? [] : [[yellow('Stopped before the end'), '; run it again.']]),
    ...(complete && restored === 0 && left === 0 ? [[green('Postgres has all that Temporal knows.')]] : []),
  ];
}
