import type { Command } from 'commander';

import { funnel, type Funnel } from '../../database/analytics/funnel';
import {
  addAnalyticsOptions,
  ANALYTICS_HELP,
  counted,
  countedLines,
  type AnalyticsOptions,
} from '../analytics';
import type { Cli } from '../cli';
import type { Cell } from '../text-table';

const HELP = `
An intent has reached a step when a row of its audit trail leads into a state of it, or of a later step. Terminal states
are in no step: they say where intents have ended.
${ANALYTICS_HELP}
Examples:
  intent graph funnel content-intent
  intent graph funnel content-intent@1 --since 2026-01-01T00:00:00Z --json | jq '.steps[].reached'`;

export function addGraphFunnelCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command('funnel')
    .description('Counts how many intents ever reached each step of a graph, and where they are now.');
  addAnalyticsOptions(command)
    .addHelpText('after', HELP)
    .action(async (graph: string, options: AnalyticsOptions) => {
      const result = await counted(cli, funnel, graph, options);
      if (options.json) return cli.printJson(result);
      cli.printTable(HEADER, rowsOf(result));
      cli.printLines(countedLines(result));
    });
}

const HEADER = ['step', 'reached', 'of all', 'now'];

function rowsOf({ intents, steps, terminal }: Funnel): Cell[][] {
  return [
    ...steps.map(({ number, key, reached, now }) => [
      `${number} ${key}`,
      reached,
      share(reached, intents),
      now,
    ]),
    ...terminal.map(({ state, now }) => [state, null, null, now]),
  ];
}

function share(part: number, all: number): string | null {
  return all === 0 ? null : `${((100 * part) / all).toFixed(1)} %`;
}
