import type { Command } from 'commander';

import { graphJsonSchema } from '../../graph';
import type { Cli } from '../cli';

export function addGraphSchemaCommand(parent: Command, cli: Cli): void {
  parent
    .command('schema')
    .description('Prints the JSON Schema of graph files, for editors.')
    .addHelpText('after', `\nExample:\n  intent graph schema > graph.schema.json`)
    .action(() => cli.printJson(graphJsonSchema()));
}
