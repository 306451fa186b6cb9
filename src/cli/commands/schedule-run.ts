import type { Command } from 'commander';

import { readVerifySchedule, triggerVerifySchedule } from '../../schedule/verify-schedule';
import { CommandError, type Cli } from '../cli';
import { resolveEnvironment } from '../environment';
import { withTemporal } from '../open-intents';
import { scheduledName } from './scheduled-name';

const HELP = `
Does not wait for the result: "intent schedule list" shows it. A schedule that is paused runs this once, too.

Exit codes: 0 it was asked for; 1 one runs already, none is scheduled, or Temporal does not answer; 2 wrong usage

Example:
  intent schedule run verify`;

export function addScheduleRunCommand(parent: Command, cli: Cli): void {
  parent
    .command('run')
    .description('Runs what is scheduled now, and not only when it is due.')
    .addArgument(scheduledName())
    .option('--json', 'print { requested: true } as JSON')
    .addHelpText('after', HELP)
    .action(async (_name: string, { json }: { json?: boolean }) => {
      await withTemporal(resolveEnvironment(cli), async (temporal) => {
        const schedule = await readVerifySchedule(temporal);
        if (schedule !== undefined && schedule.running !== null) {
          throw new CommandError(
            `A verification runs already (workflow ${schedule.running}); none is started.`,
          );
        }
        if (!(await triggerVerifySchedule(temporal))) {
          throw new CommandError('Nothing is scheduled: intent schedule verify --every 15m');
        }
      });
      if (json) return cli.printJson({ requested: true });
      cli.print('Asked for. Its result: intent schedule list');
    });
}
