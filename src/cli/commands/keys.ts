import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addKeysCreateCommand } from './keys-create';
import { addKeysListCommand } from './keys-list';
import { addKeysRevokeCommand } from './keys-revoke';
import { addKeysRotateCommand } from './keys-rotate';

export function addKeysCommands(program: Command, cli: Cli): void {
  const keys = program
    .command('keys')
    .description(
      "Keys of the HTTP API: make, list, rotate and revoke them. The owner's acts, all of them recorded.",
    )
    .addHelpText(
      'after',
      `
Exit codes: those of its commands

Example:
  intent keys list --all`,
    );
  addKeysCreateCommand(keys, cli);
  addKeysListCommand(keys, cli);
  addKeysRotateCommand(keys, cli);
  addKeysRevokeCommand(keys, cli);
}
