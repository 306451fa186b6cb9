import { Option, type Command } from 'commander';
import type { Pool } from 'pg';

import { readGraphs, readVersions } from '../../database/read-graphs';
import type { IntentRow } from '../../database/read-intents';
import { searchedStates } from '../../database/searched-states';
import { searchIntents, type IntentFilter, type IntentPage } from '../../database/search-intents';
import { formatGraphReference, parseGraphReference, type Graph, type GraphReference } from '../../graph';
import { UsageError, type Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { notRegistered } from '../graph-argument';
import { CLI_LIMITS } from '../limits';
import { withDatabase } from '../open-database';
import { checkIntentSelection, positiveInteger, time } from '../options';
import { suggest } from '../suggest';

interface ListOptions {
  organization?: string;
  state?: string[];
  graph?: string;
  step?: string;
  createdSince?: Date;
  createdBefore?: Date;
  ended?: true;
  running?: true;
  limit: number;
  after?: string;
  json?: boolean;
}

export function addListCommand(program: Command, cli: Cli): void {
  program
    .command('list')
    .description('Lists intents, newest first. Asks Postgres only.')
    .option('--organization <uuid>', 'of this organization only')
    .option('--state <state...>', 'in one of these states')
    .option('--graph <reference>', 'of this graph: name@version, or name for all its versions')
    .option('--step <key or number>', 'in a state of this step; needs --graph')
    .addOption(new Option('--created-since <time>', 'created at this time or later').argParser(time))
    .addOption(new Option('--created-before <time>', 'created before this time').argParser(time))
    .addOption(new Option('--running', 'that have not ended').conflicts('ended'))
    .option('--ended', 'that have ended')
    .addOption(
      new Option('--limit <rows>', `rows at most, up to ${CLI_LIMITS.mostListedRows}`)
        .default(CLI_LIMITS.listedRows)
        .argParser(positiveInteger),
    )
    .option('--after <position>', 'go on where the page before ended: what it gave as next')
    .option('--json', 'print { intents, next } as JSON')
    .addHelpText(
      'after',
      `
Times are ISO 8601 with an offset, such as 2026-01-31T09:00:00Z.

Exit codes: 0 listed, none included; 1 no such graph, or Postgres does not answer; 2 wrong usage

Examples:
  intent list --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --running
  intent list --graph content-intent --step icp --json | jq -r '.intents[].id'`,
    )
    .action(async (options: ListOptions) => {
      checkIntentSelection([], options.organization);
      if (options.limit > CLI_LIMITS.mostListedRows) {
        throw new UsageError(`--limit: at most ${CLI_LIMITS.mostListedRows}; go on with --after`);
      }
      const page = await withDatabase(databaseUrl(resolveEnvironment(cli)), (pool) => search(pool, options));
      if (options.json) return cli.printJson(page);
      printIntents(cli, page.intents);
      if (page.next !== null) cli.note(`There are more: the same again with --after ${page.next}`);
    });
}

async function search(pool: Pool, options: ListOptions): Promise<IntentPage> {
  const filter = await filterOf(pool, options);
  return searchIntents(pool, filter, { limit: options.limit, after: options.after }).catch(
    (error: unknown) => {
      throw error instanceof RangeError ? new UsageError(`--after: ${error.message}`) : error;
    },
  );
}

async function filterOf(pool: Pool, options: ListOptions): Promise<IntentFilter> {
  const { organization, state, graph, step, createdSince, createdBefore, ended, running } = options;
  if (step !== undefined && graph === undefined) {
    throw new UsageError('--step: a step is one of a graph; say of which, with --graph');
  }
  const reference = graph === undefined ? undefined : referenceOf(graph);
  const graphs = reference === undefined ? [] : await versionsOf(pool, reference);
  const states = statesOf(graphs, state, step);
  return {
    ...(organization !== undefined && { organizationId: organization }),
    ...(reference !== undefined && { graphName: reference.name }),
    ...(reference?.version !== undefined && { graphVersion: reference.version }),
    ...(createdSince !== undefined && { createdSince }),
    ...(createdBefore !== undefined && { createdBefore }),
    ...((ended ?? running) && { ended: ended === true }),
    ...(states !== undefined && { states }),
  };
}

function referenceOf(text: string): GraphReference {
  const parsed = parseGraphReference(text);
  if (!parsed.ok) throw new UsageError(`--graph: ${parsed.message}`);
  return parsed.reference;
}

/** The registered versions that a reference means: one, or all of a name. */
async function versionsOf(pool: Pool, reference: GraphReference): Promise<Graph[]> {
  const meant = await readVersions(pool, reference);
  if (meant.length === 0) throw notRegistered(reference, await readGraphs(pool), '--graph: ');
  return meant;
}

function statesOf(
  graphs: readonly Graph[],
  wanted: readonly string[] | undefined,
  step: string | undefined,
): string[] | undefined {
  const states = searchedStates(graphs, wanted, step);
  if (states === undefined || Array.isArray(states)) return states;
  const { unknown, name, known } = states;
  const near = suggest(name, known);
  throw new UsageError(
    unknown === 'state'
      ? `--state: the graph has no state ${name}${near}`
      : `--step: the graph has no step ${name}${near}. It has: ${known.join(', ')}`,
  );
}

function printIntents(cli: Cli, intents: readonly IntentRow[]): void {
  cli.printTable(
    ['id', 'state', 'graph', 'sequence', 'title', 'created_at', 'updated_at', 'ended_at'],
    intents.map((intent) => [
      intent.id,
      intent.state,
      formatGraphReference({ name: intent.graphName, version: intent.graphVersion }),
      intent.sequence,
      intent.title,
      intent.createdAt.toISOString(),
      intent.updatedAt.toISOString(),
      intent.endedAt?.toISOString() ?? null,
    ]),
  );
}
