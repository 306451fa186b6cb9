import type { Command } from 'commander';

import { describeDiff } from '../../graph-pictures/describe-diff';
import { diffGraphs } from '../../graph-pictures/diff-graphs';
import { pictureOfDiff } from '../../graph-pictures/picture-of-diff';
import { CHECK_EXIT, type Cli } from '../cli';
import { reportError } from '../explain-error';
import { GRAPH_ARGUMENT, graphFromArgument } from '../graph-argument';
import { addGraphOutputOptions, formatOf, printGraph, type GraphOutputOptions } from '../graph-output';

const HELP = `
Compares steps, states, transitions, terminal states and every further key. Name, version and the order of states
within a step are not compared. Names the states in which running intents would have nowhere to go.

A registered graph is read from DATABASE_URL; files need no server.

Exit codes:
  0  they do not differ
  1  they differ
  2  they could not be compared: not registered, invalid, unreadable, or wrong usage

Examples:
  intent graph diff ticket@1 ticket@2
  intent graph diff ticket ticket.ts
  intent graph diff ticket@1 ticket.ts --format svg --output ticket.svg`;

export function addGraphDiffCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command('diff')
    .description('Compares two graphs: as text, or as one picture in SVG or Mermaid.')
    .argument('<before>', GRAPH_ARGUMENT)
    .argument('<after>', 'the same');
  addGraphOutputOptions(command)
    .addHelpText('after', HELP)
    .action(async (first: string, second: string, options: GraphOutputOptions) => {
      try {
        cli.exitCode = await compare(cli, first, second, options);
      } catch (error) {
        reportError(cli, error);
        cli.exitCode = CHECK_EXIT.notChecked;
      }
    });
}

async function compare(
  cli: Cli,
  first: string,
  second: string,
  options: GraphOutputOptions,
): Promise<number> {
  formatOf(options);
  const before = await graphFromArgument(cli, first);
  const after = await graphFromArgument(cli, second);
  const diff = diffGraphs(before, after);
  await printGraph(cli, options, {
    text: describeDiff(diff),
    picture: pictureOfDiff(before, after, diff),
    json: diff,
  });
  return diff.same ? CHECK_EXIT.clean : CHECK_EXIT.drift;
}
