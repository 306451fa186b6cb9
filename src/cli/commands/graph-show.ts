import type { Command } from 'commander';

import { formatGraphReference } from '../../graph';
import { describeGraph } from '../../graph-pictures/describe-graph';
import { pictureOfGraph } from '../../graph-pictures/picture-of-graph';
import type { Cli } from '../cli';
import { GRAPH_ARGUMENT, graphFromArgument } from '../graph-argument';
import { addGraphOutputOptions, formatOf, printGraph, type GraphOutputOptions } from '../graph-output';

const HELP = `
In a picture steps are frames. An arrow from a frame leaves every state in it. Terminal states have a double border in
SVG, and lead to the end mark in Mermaid. A registered graph is read from DATABASE_URL; a file needs no server.

Exit codes: 0 shown; 1 not registered, invalid or unreadable; 2 wrong usage

Examples:
  intent graph show content-intent
  intent graph show content-intent@1 --format svg --output content-intent.svg
  intent graph show examples/order/graph.ts --format mermaid`;

export function addGraphShowCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command('show')
    .description('Shows a graph as text, or as a picture: SVG or Mermaid.')
    .argument('<graph>', GRAPH_ARGUMENT);
  addGraphOutputOptions(command)
    .addHelpText('after', HELP)
    .action(async (argument: string, options: GraphOutputOptions) => {
      formatOf(options);
      const graph = await graphFromArgument(cli, argument);
      const { title: _, ...picture } = pictureOfGraph(graph);
      await printGraph(cli, options, {
        text: describeGraph(graph),
        picture: pictureOfGraph(graph),
        json: { graph: formatGraphReference(graph), ...picture, definition: graph },
      });
    });
}
