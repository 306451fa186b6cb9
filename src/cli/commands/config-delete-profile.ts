import type { Command } from 'commander';

import { UsageError, type Cli } from '../cli';
import { changeProfiles, WRITING } from '../profiles/change-profiles';
import { profileOf } from '../profiles/chosen-profile';
import { dropCommentsOption } from '../profiles/options';

const HELP = `
--profile is required: neither INTENT_PROFILE nor "default" is taken for it.
${WRITING}

Exit codes: 0 deleted; 2 wrong usage, no such profile, or a file that is wrong or can't be written

Example:
  intent config delete-profile --profile staging`;

export function addConfigDeleteProfileCommand(parent: Command, cli: Cli): void {
  parent
    .command('delete-profile')
    .description('Deletes a whole profile.')
    .addOption(dropCommentsOption())
    .addHelpText('after', HELP)
    .action((options: { dropComments?: true }) => {
      const name = cli.profile;
      if (name === undefined) throw new UsageError('--profile: say which profile is to be deleted');
      const path = changeProfiles(cli, options, (file) => {
        profileOf(file, { name, by: '--profile' });
        const { [name]: _deleted, ...rest } = file.profiles;
        return rest;
      });
      cli.print(`Deleted the profile ${name} from ${path}`);
    });
}
