import type { Command } from 'commander';

import { registerGraph } from '../../database/register-graph';
import { formatGraphReference } from '../../graph';
import { readGraphFile } from '../../graph-file/read-graph-file';
import type { Cli } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';
import { withDatabase } from '../open-database';

export function addGraphRegisterCommand(parent: Command, cli: Cli): void {
  parent
    .command('register')
    .description(
      "Registers a graph file, so that intents can be created with it. The owner's act, like a migration.",
    )
    .argument('<file>', 'graph file, TypeScript or JSON')
    .option('--json', 'print { graph, registered } as JSON')
    .addHelpText(
      'after',
      `
A registered name@version never changes: for every change raise its version. Registering the same again is harmless.
Uses OWNER_DATABASE_URL, else DATABASE_URL.

Exit codes: 0 registered, now or before; 1 invalid, taken by another definition, or no privilege; 2 wrong usage

Example:
  intent graph register examples/travel-declarations/graph.json`,
    )
    .action(async (file: string, { json }: { json?: boolean }) => {
      const definition = await readGraphFile(file);
      const url = ownerDatabaseUrl(resolveEnvironment(cli));
      const { graph, registered } = await withDatabase(url, (pool) => registerGraph(pool, definition));
      const reference = formatGraphReference(graph);
      if (json) cli.printJson({ graph: reference, registered });
      else
        cli.print(registered ? `Registered ${reference}` : `${reference} is already registered, unchanged`);
    });
}
