import { InvalidArgumentError, type Command } from 'commander';

import { formatDuration, parseDuration } from '../../schedule/duration';
import {
  readVerifySchedule,
  setVerifySchedule,
  SHORTEST_INTERVAL_SECONDS,
} from '../../schedule/verify-schedule';
import type { Cli } from '../cli';
import { resolveEnvironment } from '../environment';
import { withTemporal } from '../open-intents';

const HELP = `
Runs never overlap: one that is due while another is under way is skipped. A schedule that is paused stays paused.
Running this again with the same interval changes nothing.

Exit codes: 0 it is scheduled; 1 Temporal does not answer, or refuses; 2 wrong usage

Examples:
  intent schedule verify --every 15m
  intent schedule verify --every 1d --json`;

const DONE = { created: 'Scheduled', changed: 'Changed', unchanged: 'Unchanged' } as const;

export function addScheduleVerifyCommand(parent: Command, cli: Cli): void {
  parent
    .command('verify')
    .description('Schedules "verify --fast" of all intents, or changes how often it runs.')
    .requiredOption('--every <duration>', 'how often: 30s, 15m, 6h or 1d, for example', interval)
    .option('--json', 'print { result, id, everySeconds, paused, running, nextRuns } as JSON')
    .addHelpText('after', HELP)
    .action(async ({ every: everySeconds, json }: { every: number; json?: boolean }) => {
      const { result, schedule } = await withTemporal(resolveEnvironment(cli), async (temporal) => ({
        result: await setVerifySchedule(temporal, { everySeconds }),
        schedule: await readVerifySchedule(temporal),
      }));
      if (json) return cli.printJson({ result, ...schedule });
      const [next] = schedule?.nextRuns ?? [];
      cli.print(`${DONE[result]}: verify every ${formatDuration(everySeconds)}.`);
      if (schedule?.paused)
        cli.print(
          `It is paused; to resume it: temporal schedule toggle --schedule-id ${schedule.id} --unpause`,
        );
      else if (next !== undefined) cli.print(`Next run: ${next.toISOString()}`);
    });
}

function interval(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) {
    throw new InvalidArgumentError('Not a whole number with s, m, h or d behind it, such as 15m.');
  }
  if (seconds < SHORTEST_INTERVAL_SECONDS) {
    throw new InvalidArgumentError(`Less than ${formatDuration(SHORTEST_INTERVAL_SECONDS)}.`);
  }
  return seconds;
}
