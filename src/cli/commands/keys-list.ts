import type { Command } from 'commander';

import { endOf, type ApiKey } from '../../database/api-keys/api-key';
import { listApiKeys } from '../../database/api-keys/list-api-keys';
import type { Cli } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';
import { withDatabase } from '../open-database';
import { checkIntentSelection } from '../options';

interface ListOptions {
  organization?: string;
  all?: boolean;
  json?: boolean;
}

export function addKeysListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('Lists keys, oldest first; never their secrets, which nobody has.')
    .option('--organization <uuid>', 'only keys of this organization')
    .option('--all', 'those that were revoked or have expired, too')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      `
Uses OWNER_DATABASE_URL, else DATABASE_URL.

Exit codes: 0 listed; 1 it could not be; 2 wrong usage

Example:
  intent keys list --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --all`,
    )
    .action(async ({ organization, all, json }: ListOptions) => {
      checkIntentSelection([], organization);
      const url = ownerDatabaseUrl(resolveEnvironment(cli));
      const filter = { organizationId: organization?.toLowerCase(), ended: all };
      const keys = await withDatabase(url, (pool) => listApiKeys(pool, filter));
      if (json === true) cli.printJson(keys);
      else if (keys.length === 0) cli.print('No keys.');
      else cli.printTable(HEADER, keys.map(row));
    });
}

const HEADER = ['id', 'organization', 'name', 'actor', 'scopes', 'roles', 'state', 'created', 'last used'];

function row(key: ApiKey): Array<string | null> {
  return [
    key.id,
    key.organizationId,
    key.name,
    key.actor,
    key.scopes.join(' '),
    key.roles.join(' '),
    stateOf(key),
    key.createdAt.toISOString(),
    key.lastUsedAt?.toISOString() ?? null,
  ];
}

function stateOf(key: ApiKey): string {
  const ended = endOf(key, new Date());
  if (ended !== undefined) return ended;
  return key.expiresAt === null ? 'valid' : `valid until ${key.expiresAt.toISOString()}`;
}
