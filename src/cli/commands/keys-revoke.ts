import type { Command } from 'commander';

import { revokeApiKey } from '../../database/api-keys/revoke-api-key';
import { CommandError, type Cli } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';
import { byOption } from '../key-output';
import { withDatabase } from '../open-database';

export function addKeysRevokeCommand(parent: Command, cli: Cli): void {
  parent
    .command('revoke')
    .description('Ends a key at once, for good.')
    .argument('<id>', 'of the key, the 12 characters after intent_')
    .addOption(byOption())
    .option('--json', 'print what is stored of it as JSON')
    .addHelpText(
      'after',
      `
Its next request is refused, on every gateway. Once more changes nothing. Uses OWNER_DATABASE_URL, else DATABASE_URL.

Exit codes: 0 revoked, now or before; 1 there is no such key; 2 wrong usage

Example:
  intent keys revoke 7f3k29dm1x0a --by ada`,
    )
    .action(async (id: string, { by, json }: { by: string; json?: boolean }) => {
      const url = ownerDatabaseUrl(resolveEnvironment(cli));
      const key = await withDatabase(url, (pool) => revokeApiKey(pool, id, by));
      if (key === undefined) {
        throw new CommandError(`${id}: There is no key of this id; intent keys list shows those there are.`);
      }
      if (json === true) cli.printJson(key);
      else cli.print(`Revoked the key ${key.id} (${key.name}) at ${key.revokedAt?.toISOString()}.`);
    });
}
