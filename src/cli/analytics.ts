import { Option, type Command } from 'commander';

import type { AnalyticsSelection } from '../database/analytics/selected-intents';
import type { Queryable } from '../database/queryable';
import { readGraphs } from '../database/read-graphs';
import { parseGraphReference } from '../graph';
import { UsageError, type Cli } from './cli';
import { databaseUrl, resolveEnvironment } from './environment';
import { notRegistered } from './graph-argument';
import { withDatabase } from './open-database';
import { checkIntentSelection, time } from './options';

export interface AnalyticsOptions {
  organization?: string;
  since?: Date;
  before?: Date;
  json?: boolean;
}

/** What the commands say after their own help. */
export const ANALYTICS_HELP = `
Counts the intents that follow that version now, archived ones too, but for those whose audit rows are in archive files.
Asks Postgres only. Times are ISO 8601 with an offset, such as 2026-01-31T09:00:00Z.

Exit codes: 0 shown; 1 not registered, or Postgres does not answer; 2 wrong usage
`;

/** What every command takes that counts in the audit trail. */
export function addAnalyticsOptions(command: Command): Command {
  return command
    .argument('<graph>', 'a registered graph as name@version, or name for its newest version')
    .option('--organization <uuid>', 'intents of this organization only')
    .addOption(new Option('--since <time>', 'intents created at this time or later').argParser(time))
    .addOption(new Option('--before <time>', 'intents created before this time').argParser(time))
    .option('--json', 'print it as JSON');
}

/**
 * What an operation counts of the graph and the intents that a command names.
 *
 * @throws CommandError when the graph is not registered; UsageError
 */
export async function counted<Result>(
  cli: Cli,
  operation: (database: Queryable, selection: AnalyticsSelection) => Promise<Result | undefined>,
  argument: string,
  { organization, since, before }: AnalyticsOptions,
): Promise<Result> {
  checkIntentSelection([], organization);
  const parsed = parseGraphReference(argument);
  if (!parsed.ok) throw new UsageError(parsed.message);
  const selection = {
    graph: parsed.reference,
    ...(organization !== undefined && { organizationId: organization }),
    ...(since !== undefined && { createdSince: since }),
    ...(before !== undefined && { createdBefore: before }),
  };
  return withDatabase(databaseUrl(resolveEnvironment(cli)), async (pool) => {
    const result = await operation(pool, selection);
    if (result !== undefined) return result;
    throw notRegistered(parsed.reference, await readGraphs(pool));
  });
}

/** Below a table: what it is about, and what is not in it. */
export function countedLines(result: { graph: string; intents: number; inFiles: number }): string[] {
  const { graph, intents, inFiles } = result;
  return [
    `${intents} intents of ${graph}`,
    ...(inFiles > 0 ? [`Not counted, since their audit rows are in archive files: ${inFiles}`] : []),
  ];
}
