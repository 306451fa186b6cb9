import type { Command } from 'commander';

import { readLastVerification, type Verification } from '../../database/verifications';
import { formatDuration } from '../../schedule/duration';
import { readVerifySchedule } from '../../schedule/verify-schedule';
import type { Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { withDatabase } from '../open-database';
import { withTemporal } from '../open-intents';
import { green, red } from '../painted';

const HELP = `
Exit codes: 0 listed, whatever the last result was; 1 a server does not answer; 2 wrong usage

Examples:
  intent schedule list
  intent schedule list --json | jq -e 'all(.[]; .last.clean)'`;

export function addScheduleListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('Shows what is scheduled, when it runs next, and what became of the last run.')
    .option('--json', 'print a JSON array, with the whole row of the last run')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: boolean }) => {
      const env = resolveEnvironment(cli);
      const [schedule, last] = await Promise.all([
        withTemporal(env, readVerifySchedule),
        withDatabase(databaseUrl(env), readLastVerification),
      ]);
      if (json) return cli.printJson(schedule === undefined ? [] : [{ ...schedule, last: last ?? null }]);
      if (schedule === undefined)
        return cli.print('Nothing is scheduled: intent schedule verify --every 15m');
      const { everySeconds, paused, running, nextRuns } = schedule;
      const next = running !== null ? 'runs now' : paused ? 'paused' : (nextRuns[0]?.toISOString() ?? null);
      const every = everySeconds === 0 ? null : formatDuration(everySeconds);
      const finished = last?.finishedAt.toISOString() ?? null;
      const result = last && (last.clean ? green : red)(describe(last));
      cli.printTable(
        ['what', 'every', 'next run', 'last run', 'result'],
        [['verify', every, next, finished, result ?? null]],
      );
    });
}

function describe({ clean, failure, findings, unchecked }: Verification): string {
  if (clean) return 'clean';
  if (failure !== null) return `not finished: ${failure}`;
  const counts = Object.entries(findings).map(([code, count]) => `${code} ${count}`);
  return [...counts, ...(unchecked > 0 ? [`${unchecked} not checked`] : [])].join(', ');
}
