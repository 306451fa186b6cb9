import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addConfigDeleteCommand } from './config-delete';
import { addConfigDeleteProfileCommand } from './config-delete-profile';
import { addConfigGetCommand } from './config-get';
import { addConfigListCommand } from './config-list';
import { addConfigPathCommand } from './config-path';
import { addConfigSetCommand } from './config-set';

const HELP = `
A profile is a section of the file that "intent config path" names:

  [profile.production]
  database_url = "postgres://engine:PASSWORD@db.example.com/intent"
  owner_database_url = "postgres://owner:PASSWORD@db.example.com/intent"
  temporal_profile = "production"

temporal_profile names a profile of Temporal's own file, which keeps address, namespace, API key and TLS (temporal config
--help). For a server that needs none of those: temporal_address and temporal_namespace. Without any, Temporal's default.

What wins: variables of the environment, then the profile of --profile or INTENT_PROFILE. With none named, the profile
"default", but only where the environment names no server, then the local stack of this folder. A line on standard error
says when two of them come together.

Examples:
  intent config set --profile production --prop database_url --value postgres://engine@db.example.com/intent
  intent config set --profile production --prop temporal_profile --value production
  intent list --profile production`;

export function addConfigCommands(program: Command, cli: Cli): void {
  const config = program
    .command('config')
    .description('Profiles: names for the Postgres and the Temporal to work with.')
    .addHelpText('after', HELP);
  addConfigListCommand(config, cli);
  addConfigGetCommand(config, cli);
  addConfigSetCommand(config, cli);
  addConfigDeleteCommand(config, cli);
  addConfigDeleteProfileCommand(config, cli);
  addConfigPathCommand(config, cli);
}
