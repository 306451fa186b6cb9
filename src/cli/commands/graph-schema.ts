import type { Command } from 'commander';

import { graphJsonSchema } from '../../graph';
import type { Cli } from '../cli';

export function addGraphSchemaCommand(parent: Command, cli: Cli): void {
  parent
    .command('schema')
    .description('Prints the JSON Schema of graph files, for editors.')
    .addHelpText(
      'after',
      `
Exit codes: 0 printed; 2 wrong usage

Example:
  intent graph schema > graph.schema.json`,
    )
    .action(() => cli.printJson(graphJsonSchema()));
}
