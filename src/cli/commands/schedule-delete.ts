import type { Command } from 'commander';

import { deleteVerifySchedule } from '../../schedule/verify-schedule';
import type { Cli } from '../cli';
import { resolveEnvironment } from '../environment';
import { withTemporal } from '../open-intents';
import { scheduledName } from './scheduled-name';

const HELP = `
A run that is under way goes on, and the results stay. Deleting what is not there is no error.

Exit codes: 0 it is not scheduled any more; 1 Temporal does not answer; 2 wrong usage

Example:
  intent schedule delete verify`;

export function addScheduleDeleteCommand(parent: Command, cli: Cli): void {
  parent
    .command('delete')
    .description('Ends a schedule.')
    .addArgument(scheduledName())
    .option('--json', 'print { deleted } as JSON')
    .addHelpText('after', HELP)
    .action(async (_name: string, { json }: { json?: boolean }) => {
      const deleted = await withTemporal(resolveEnvironment(cli), deleteVerifySchedule);
      if (json) return cli.printJson({ deleted });
      cli.print(deleted ? 'Deleted: verify is not scheduled any more.' : 'Nothing was scheduled.');
    });
}
