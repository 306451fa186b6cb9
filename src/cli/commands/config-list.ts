import type { Command } from 'commander';

import type { Cli } from '../cli';
import { maskProfile } from '../profiles/mask-secrets';
import { readProfiles } from '../profiles/profile-file';
import { showSecretsOption } from '../profiles/options';

const HELP = `
Exit codes: 0 listed; 2 wrong usage, or a file that is wrong

Examples:
  intent config list
  intent config list --json | jq -r '.profiles | keys[]'`;

export function addConfigListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('Lists the profiles, without passwords.')
    .addOption(showSecretsOption())
    .option('--json', 'print { file, profiles } as JSON')
    .addHelpText('after', HELP)
    .action(({ showSecrets, json }: { showSecrets?: true; json?: true }) => {
      const { path, profiles } = readProfiles(cli);
      const shown = Object.entries(profiles).map(
        ([name, profile]) => [name, showSecrets ? profile : maskProfile(profile)] as const,
      );
      if (json) return cli.printJson({ file: path ?? null, profiles: Object.fromEntries(shown) });
      if (shown.length === 0)
        return cli.note(`There are no profiles${path === undefined ? '' : ` in ${path}`}.`);
      cli.printTable(
        ['profile', 'database_url', 'owner_database_url', 'temporal'],
        shown.map(([name, profile]) => [
          name,
          profile.database_url ?? null,
          profile.owner_database_url ?? null,
          profile.temporal_profile === undefined
            ? [profile.temporal_address, profile.temporal_namespace].filter(Boolean).join(', ')
            : `profile ${profile.temporal_profile}`,
        ]),
      );
    });
}
