import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addGraphListCommand } from './graph-list';
import { addGraphRegisterCommand } from './graph-register';
import { addGraphSchemaCommand } from './graph-schema';
import { addGraphValidateCommand } from './graph-validate';

export function addGraphCommands(program: Command, cli: Cli): void {
  const graph = program.command('graph').description('Workflow graphs: check, register and list them.');
  addGraphValidateCommand(graph, cli);
  addGraphRegisterCommand(graph, cli);
  addGraphListCommand(graph, cli);
  addGraphSchemaCommand(graph, cli);
}
