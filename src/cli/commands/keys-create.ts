import { type Command, InvalidArgumentError } from 'commander';

import { createApiKey, type NewApiKey } from '../../database/api-keys/create-api-key';
import { isScope, SCOPE_NAMES, SCOPES, type Scope } from '../../database/api-keys/scopes';
import { LIMITS } from '../../intent/limits';
import { type Cli, UsageError } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';
import { byOption, checkKeyName, endAfter, printKey } from '../key-output';
import { withDatabase } from '../open-database';
import { age, checkIntentSelection, positiveInteger } from '../options';
import { suggest } from '../suggest';

interface CreateOptions {
  organization: string;
  name: string;
  scope: Scope[];
  actor?: string;
  role: string[];
  expiresIn?: number;
  requestsPerMinute?: number;
  by: string;
  json?: boolean;
}

const SCOPE_LINES = SCOPE_NAMES.map((scope) => `  ${scope.padEnd(11)}${SCOPES[scope]}`).join('\n');

export function addKeysCreateCommand(parent: Command, cli: Cli): void {
  parent
    .command('create')
    .description('Makes a key, and prints it: it is shown this once, and only its hash is kept.')
    .requiredOption('--organization <uuid>', 'organization whose intents it may reach')
    .requiredOption('--name <text>', 'what it is for')
    .requiredOption('--scope <scope>', 'what it may do; may be repeated', addScope, [])
    .option('--actor <name>', 'what audit rows of its requests say; default: api-key:NAME')
    .option(
      '--role <role>',
      'in which it may vote; may be repeated',
      (role, roles: string[]) => [...roles, role],
      [],
    )
    .option('--expires-in <duration>', 'when it ends, 90d say; default: it does not', age)
    .option('--requests-per-minute <number>', 'default: as many as the gateway allows', positiveInteger)
    .addOption(byOption())
    .option('--json', 'print the key and what is stored of it as JSON')
    .addHelpText(
      'after',
      `
Scopes, none of which includes another:
${SCOPE_LINES}

Uses OWNER_DATABASE_URL, else DATABASE_URL.

Exit codes: 0 made; 1 it could not be made; 2 wrong usage

Examples:
  intent keys create --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --name "web shop" --scope read --scope transition
  intent keys create --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --name grace --actor grace \\
    --scope read --scope approve --role supervisor --expires-in 90d`,
    )
    .action(async (options: CreateOptions) => {
      const wanted = wantedKey(options);
      const url = ownerDatabaseUrl(resolveEnvironment(cli));
      printKey(cli, await withDatabase(url, (pool) => createApiKey(pool, wanted, options.by)), options.json);
    });
}

function wantedKey(options: CreateOptions): NewApiKey {
  const { organization, name, scope, role, expiresIn, requestsPerMinute } = options;
  checkIntentSelection([], organization);
  checkKeyName('--name', name);
  const actor = options.actor ?? `api-key:${name}`;
  checkKeyName('--actor', actor, LIMITS.actorLength);
  if (scope.includes('approve') && role.length === 0) {
    throw new UsageError(
      '--role: a key with the scope approve votes in the roles that it is given; name at least one.',
    );
  }
  return {
    organizationId: organization.toLowerCase(),
    name,
    actor,
    scopes: [...new Set(scope)],
    roles: [...new Set(role)],
    requestsPerMinute: requestsPerMinute ?? null,
    expiresAt: endAfter(expiresIn),
  };
}

function addScope(text: string, scopes: Scope[]): Scope[] {
  if (isScope(text)) return [...scopes, text];
  throw new InvalidArgumentError(`Not a scope: ${SCOPE_NAMES.join(', ')}.${suggest(text, SCOPE_NAMES)}`);
}
