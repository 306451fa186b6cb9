import type { Command } from 'commander';

import { CommandError, type Cli } from '../cli';
import { chosenProfile, profileOf } from '../profiles/chosen-profile';
import { maskProfile } from '../profiles/mask-secrets';
import { propertyOption, showSecretsOption } from '../profiles/options';
import type { Property } from '../profiles/profile';
import { readProfiles } from '../profiles/profile-file';

interface ConfigGetOptions {
  prop?: Property;
  showSecrets?: true;
  json?: true;
}

const HELP = `
Of the profile that --profile or INTENT_PROFILE names, else of "default".

Exit codes: 0 shown; 1 the profile does not say; 2 wrong usage, no such profile, or a file that is wrong

Examples:
  intent config get --profile production
  psql "$(intent config get --profile production --prop database_url --show-secrets)"`;

export function addConfigGetCommand(parent: Command, cli: Cli): void {
  parent
    .command('get')
    .description('Shows a profile, or one property of it.')
    .addOption(propertyOption())
    .addOption(showSecretsOption())
    .option('--json', 'print the properties as a JSON object, or the one as a string')
    .addHelpText('after', HELP)
    .action(({ prop, showSecrets, json }: ConfigGetOptions) => {
      const named = chosenProfile(cli);
      const profile = profileOf(readProfiles(cli), named);
      const shown = showSecrets ? profile : maskProfile(profile);
      if (prop === undefined) {
        if (json) return cli.printJson(shown);
        return cli.printTable(['property', 'value'], Object.entries(shown));
      }
      const value = shown[prop];
      if (value === undefined) throw new CommandError(`The profile ${named.name} has no ${prop}.`);
      if (json) cli.printJson(value);
      else cli.print(value);
    });
}
