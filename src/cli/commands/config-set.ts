import type { Command } from 'commander';

import { UsageError, type Cli } from '../cli';
import { changeProfiles, WRITING } from '../profiles/change-profiles';
import { chosenProfile } from '../profiles/chosen-profile';
import { dropCommentsOption, propertyOption } from '../profiles/options';
import { problemOfName, type Property } from '../profiles/profile';

interface ConfigSetOptions {
  prop: Property;
  value: string;
  dropComments?: true;
}

const HELP = `
In the profile that --profile or INTENT_PROFILE names, else in "default"; it is made if there is none.
${WRITING}
A password on a command line stays in the history of the shell; the file may be written by hand as well.

Exit codes: 0 set; 2 wrong usage, or a file that is wrong or can't be written

Examples:
  intent config set --prop database_url --value postgres://engine@localhost/intent
  intent config set --profile staging --prop temporal_address --value temporal.staging.example.com:7233`;

export function addConfigSetCommand(parent: Command, cli: Cli): void {
  parent
    .command('set')
    .description('Sets a property of a profile.')
    .addOption(propertyOption().makeOptionMandatory())
    .requiredOption('--value <text>', 'what it is to be')
    .addOption(dropCommentsOption())
    .addHelpText('after', HELP)
    .action(({ prop, value, ...options }: ConfigSetOptions) => {
      const { name, by } = chosenProfile(cli);
      const problem = problemOfName(name);
      if (problem !== undefined) throw new UsageError(`${by}: ${problem}`);
      const path = changeProfiles(cli, options, ({ profiles }) => ({
        ...profiles,
        [name]: { ...profiles[name], [prop]: value },
      }));
      cli.print(`Set ${prop} in the profile ${name} of ${path}`);
    });
}
