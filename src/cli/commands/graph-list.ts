import type { Command } from 'commander';

import { readGraphs } from '../../database/read-graphs';
import { allStates, formatGraphReference, parseGraph } from '../../graph';
import type { Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { withDatabase } from '../open-database';

export function addGraphListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('Lists the registered graphs.')
    .option('--json', 'print a JSON array, with the definitions')
    .addHelpText(
      'after',
      `
Exit codes: 0 listed; 1 Postgres does not answer; 2 wrong usage

Example:
  intent graph list --json | jq '.[].graph'`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const graphs = await withDatabase(databaseUrl(resolveEnvironment(cli)), readGraphs);
      const rows = graphs.map(({ name, version, fingerprint, edges, definition }) => {
        const parsed = parseGraph(definition);
        return {
          graph: formatGraphReference({ name, version }),
          title: parsed.ok ? (parsed.graph.title ?? null) : null,
          states: parsed.ok ? allStates(parsed.graph).length : null,
          transitions: edges.length,
          fingerprint,
          definition,
        };
      });
      if (json) return cli.printJson(rows);
      cli.printTable(
        ['graph', 'title', 'states', 'transitions', 'fingerprint'],
        rows.map(({ graph, title, states, transitions, fingerprint }) => [
          graph,
          title,
          states,
          transitions,
          fingerprint.slice(0, 12),
        ]),
      );
    });
}
