import type { Command } from 'commander';

import { UsageError, type Cli } from '../cli';
import { profilePath } from '../profiles/profile-file';

const HELP = `
INTENT_CONFIG_FILE, else intent/intent.toml in the folder XDG_CONFIG_HOME, else in ~/.config. It need not be there yet.

Exit codes: 0 printed; 2 wrong usage, or none of these variables says where

Example:
  ls -l "$(intent config path)"`;

export function addConfigPathCommand(parent: Command, cli: Cli): void {
  parent
    .command('path')
    .description('Prints where the file of profiles is.')
    .addHelpText('after', HELP)
    .action(() => {
      const path = profilePath(cli.env);
      if (path !== undefined) return cli.print(path);
      throw new UsageError('There is no file for profiles: set INTENT_CONFIG_FILE, XDG_CONFIG_HOME or HOME');
    });
}
