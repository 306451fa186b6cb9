import type { Command } from 'commander';

import { timeInState, type TimeInState } from '../../database/analytics/time-in-state';
import {
  addAnalyticsOptions,
  ANALYTICS_HELP,
  counted,
  countedLines,
  type AnalyticsOptions,
} from '../analytics';
import type { Cli } from '../cli';
import { lengthOfTime } from '../length-of-time';
import type { Cell } from '../text-table';

const HELP = `
A visit of a state lasts until the intent leaves it; a transition along a self edge begins another one, and the time for
which an intent is paused counts. "open" are the visits that go on, in a terminal state those of intents that have ended
in it. The times are those of visits that are over; as JSON in seconds.
${ANALYTICS_HELP}
Examples:
  intent graph times content-intent
  intent graph times content-intent@1 --json | jq '.states[] | select(.seconds.p90 > 86400) | .state'`;

export function addGraphTimesCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command('times')
    .description('Measures how long intents stay in each state of a graph.');
  addAnalyticsOptions(command)
    .addHelpText('after', HELP)
    .action(async (graph: string, options: AnalyticsOptions) => {
      const result = await counted(cli, timeInState, graph, options);
      if (options.json) return cli.printJson(result);
      cli.printTable(HEADER, rowsOf(result));
      cli.printLines(countedLines(result));
    });
}

const HEADER = ['state', 'visits', 'open', 'median', 'p90', 'p99', 'mean', 'max'];

function rowsOf({ states }: TimeInState): Cell[][] {
  return states.map(({ state, visits, open, seconds }) => {
    const times =
      seconds === null ? [] : [seconds.median, seconds.p90, seconds.p99, seconds.mean, seconds.max];
    return [state, visits, open, ...times.map(lengthOfTime)];
  });
}
