import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addGraphDiffCommand } from './graph-diff';
import { addGraphFunnelCommand } from './graph-funnel';
import { addGraphListCommand } from './graph-list';
import { addGraphMigrateCommand } from './graph-migrate';
import { addGraphRegisterCommand } from './graph-register';
import { addGraphSchemaCommand } from './graph-schema';
import { addGraphShowCommand } from './graph-show';
import { addGraphTimesCommand } from './graph-times';
import { addGraphValidateCommand } from './graph-validate';

const HELP = `
A graph is a file, in TypeScript or JSON, until it is registered as name@version; that never changes.

Examples:
  intent graph validate ticket.ts
  intent graph register ticket.ts
  intent graph diff ticket@1 ticket@2
  intent graph migrate --graph ticket --from 1 --to 2 --dry-run`;

export function addGraphCommands(program: Command, cli: Cli): void {
  const graph = program
    .command('graph')
    .description(
      'Workflow graphs: check, register, list, show and compare them, count and measure in them, and move intents between their versions.',
    )
    .addHelpText('after', HELP);
  addGraphValidateCommand(graph, cli);
  addGraphRegisterCommand(graph, cli);
  addGraphListCommand(graph, cli);
  addGraphShowCommand(graph, cli);
  addGraphDiffCommand(graph, cli);
  addGraphFunnelCommand(graph, cli);
  addGraphTimesCommand(graph, cli);
  addGraphMigrateCommand(graph, cli);
  addGraphSchemaCommand(graph, cli);
}
