import { InvalidArgumentError, type Command } from 'commander';
import type { Pool } from 'pg';

import { readGraph } from '../../database/read-graphs';
import { formatGraphReference, parseGraphReference, type Graph } from '../../graph';
import { MIGRATION_LIMITS } from '../../migration/limits';
import { moveIntents, type MoveSummary } from '../../migration/move-intents';
import { checkCourse, planMoves, type Course, type PlannedMove } from '../../migration/plan-moves';
import { checkpointFile } from '../../ops/checkpoint-file';
import { CHECK_EXIT, UsageError, type Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { reportError } from '../explain-error';
import { interruptible } from '../interruptible';
import { withDatabase } from '../open-database';
import { withIntents } from '../open-intents';
import { checkIntentSelection, positiveInteger } from '../options';
import { yellow, type Line } from '../painted';
import { progressBar } from '../progress-bar';
import { sayer } from '../say';

interface GraphMigrateOptions {
  graph: string;
  from: number;
  to: number;
  map: Record<string, string>;
  organization?: string;
  rate: number;
  actor?: string;
  reason?: string;
  dryRun?: boolean;
  checkpoint?: string;
  json?: boolean;
}

const HELP = `
An intent stays in its state where the other version has it; --map says where those go on whose state it lacks. What
runs there goes on, and by the other version from then on. Each move is a row of the intent's audit trail, of the kind
"migration". An intent that can't be moved is listed with the reason, and stays on its version.

It may be stopped or killed at any moment, and run again: what was moved is not moved twice. With --checkpoint it goes
on where it was, and counts as one. --dry-run asks Postgres only, and changes nothing.

Exit codes:
  0  all were moved, or would be
  1  some could not be moved, or could not be
  2  it could not run or did not come to its end: a server does not answer, no such graph, or wrong usage

Examples:
  intent graph migrate --graph ticket --from 1 --to 2 --dry-run
  intent graph migrate --graph ticket --from 1 --to 2 --map WAITING=ON_HOLD --rate 50 --actor ada
  intent graph migrate --graph ticket --from 1 --to 2 --checkpoint ticket-2.json`;

export function addGraphMigrateCommand(parent: Command, cli: Cli): void {
  parent
    .command('migrate')
    .description('Moves the running intents of a version of a graph to another version.')
    .requiredOption('--graph <name>', 'a registered graph')
    .requiredOption('--from <version>', 'that they follow', version)
    .requiredOption('--to <version>', 'that they are to follow', version)
    .option(
      '--map <OLD=NEW>',
      'a state that the other version lacks, and where to go on; repeatable',
      mapped,
      {},
    )
    .option('--organization <uuid>', 'intents of this organization only')
    .option('--rate <requests>', 'a second, at most', rate, MIGRATION_LIMITS.perSecond)
    .option('--actor <name>', 'who moves them; kept in the audit rows')
    .option('--reason <text>', 'why; kept in the audit rows')
    .option('--dry-run', 'only say how many would go where, by state')
    .option('--checkpoint <file>', 'keep the position there, and go on from it')
    .option(
      '--json',
      'print a line of JSON for each intent that is left, and one with the summary at the end',
    )
    .addHelpText('after', HELP)
    .action(async (options: GraphMigrateOptions) => {
      checkIntentSelection([], options.organization);
      try {
        cli.exitCode = options.dryRun ? await plan(cli, options) : await move(cli, options);
      } catch (error) {
        reportError(cli, error);
        cli.exitCode = CHECK_EXIT.notChecked;
      }
    });
}

async function plan(cli: Cli, options: GraphMigrateOptions): Promise<number> {
  const moves = await withDatabase(databaseUrl(resolveEnvironment(cli)), async (pool) =>
    planMoves(pool, await courseOf(pool, options), options.organization?.toLowerCase()),
  );
  const sum = (which: readonly PlannedMove[]) => which.reduce((total, { intents }) => total + intents, 0);
  const [movable, left] = [
    moves.filter(({ to }) => to !== undefined),
    moves.filter(({ to }) => to === undefined),
  ];
  if (options.json) {
    for (const planned of moves) cli.printJsonLine({ type: 'state', ...planned });
    cli.printJsonLine({ type: 'summary', dryRun: true, moved: sum(movable), left: sum(left) });
  } else {
    if (moves.length > 0) {
      cli.printTable(
        ['state', 'intents', 'would go on in'],
        moves.map(({ state, intents, to }) => [state, intents, to ?? yellow('nowhere')]),
      );
    }
    for (const { state, reason } of left) cli.print(`${state}: ${reason}`);
    cli.print(`${sum(movable)} intents would be moved, ${sum(left)} could not be.`);
  }
  return left.length === 0 ? CHECK_EXIT.clean : CHECK_EXIT.drift;
}

async function move(cli: Cli, options: GraphMigrateOptions): Promise<number> {
  const { json, checkpoint, organization, actor, reason } = options;
  const progress = progressBar(cli.streams.stderr, 'intents');
  const say = sayer(cli, progress, json);
  const summary = await withIntents(cli, {}, async ({ pool, intents }) => {
    const course = await courseOf(pool, options);
    try {
      return await interruptible((signal) =>
        moveIntents({
          ...course,
          pool,
          intents,
          organizationId: organization?.toLowerCase(),
          perSecond: options.rate,
          actor,
          reason,
          checkpoint: checkpoint === undefined ? undefined : checkpointFile(checkpoint),
          onLeft: ({ id, state }, why) =>
            say([yellow('left:'), ` intent ${id} in ${state}: ${why}`], {
              type: 'left',
              intentId: id,
              state,
              reason: why,
            }),
          onProgress: progress.show,
          signal,
        }),
      );
    } finally {
      progress.end();
    }
  });
  if (json) cli.printJsonLine({ type: 'summary', ...summary });
  else cli.printLines(report(options, summary));
  if (!summary.complete) return CHECK_EXIT.notChecked;
  return summary.left > 0 || summary.remaining > 0 ? CHECK_EXIT.drift : CHECK_EXIT.clean;
}

function report({ graph, from, to }: GraphMigrateOptions, summary: MoveSummary): Line[] {
  const { moved, ended, left, remaining, complete } = summary;
  const since = remaining - left;
  return [
    `${moved} intents follow ${graph}@${to} now`,
    ...(ended > 0 ? [`  ${ended} ended before they could be moved`] : []),
    ...(left > 0 ? [['  ', yellow(`${left} were left on ${graph}@${from}`), ', for the reasons above']] : []),
    ...(complete && since > 0 ? [`  ${since} have begun on ${graph}@${from} since; run it again`] : []),
    ...(complete ? [] : [[yellow('Stopped before the end'), '; run it again to go on.']]),
  ];
}

async function courseOf(pool: Pool, { graph: name, from, to, map }: GraphMigrateOptions): Promise<Course> {
  const course = { from: await registered(pool, name, from), to: await registered(pool, name, to), map };
  checkCourse(course);
  return course;
}

async function registered(pool: Pool, name: string, version: number): Promise<Graph> {
  const parsed = parseGraphReference(name);
  if (!parsed.ok || parsed.reference.version !== undefined) {
    throw new UsageError(`--graph: must be the name of a graph, without a version, not "${name}"`);
  }
  const graph = await readGraph(pool, { name, version });
  if (graph !== undefined) return graph;
  throw new UsageError(
    `${formatGraphReference({ name, version })} is not registered. Register it as the owner role: intent graph register FILE`,
  );
}

/** `2`, or `v2`. */
function version(text: string): number {
  return positiveInteger(text.replace(/^v/, ''));
}

function rate(text: string): number {
  const value = positiveInteger(text);
  if (value <= MIGRATION_LIMITS.mostPerSecond) return value;
  throw new InvalidArgumentError(`At most ${MIGRATION_LIMITS.mostPerSecond}.`);
}

function mapped(text: string, before: Record<string, string>): Record<string, string> {
  const [old = '', to = '', ...rest] = text.split('=');
  if (old === '' || to === '' || rest.length > 0) throw new InvalidArgumentError('Not OLD=NEW.');
  if (Object.hasOwn(before, old)) throw new InvalidArgumentError(`${old} is mapped twice.`);
  return { ...before, [old]: to };
}
