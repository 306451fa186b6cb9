import type { Command } from 'commander';

import { CommandError, type Cli } from '../cli';
import { changeProfiles, WRITING } from '../profiles/change-profiles';
import { chosenProfile, profileOf } from '../profiles/chosen-profile';
import { dropCommentsOption, propertyOption } from '../profiles/options';
import type { Property } from '../profiles/profile';

const HELP = `
In the profile that --profile or INTENT_PROFILE names, else in "default".
${WRITING}

Exit codes: 0 deleted; 1 it was not set; 2 wrong usage, no such profile, or a file that is wrong or can't be written

Example:
  intent config delete --profile staging --prop owner_database_url`;

export function addConfigDeleteCommand(parent: Command, cli: Cli): void {
  parent
    .command('delete')
    .description('Deletes a property of a profile.')
    .addOption(propertyOption().makeOptionMandatory())
    .addOption(dropCommentsOption())
    .addHelpText('after', HELP)
    .action(({ prop, ...options }: { prop: Property; dropComments?: true }) => {
      const named = chosenProfile(cli);
      const path = changeProfiles(cli, options, (file) => {
        const { [prop]: deleted, ...rest } = profileOf(file, named);
        if (deleted === undefined) throw new CommandError(`The profile ${named.name} has no ${prop}.`);
        return { ...file.profiles, [named.name]: rest };
      });
      cli.print(`Deleted ${prop} from the profile ${named.name} of ${path}`);
    });
}
