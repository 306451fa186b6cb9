import type { Command } from 'commander';

import { rotateApiKey, type NotRotated } from '../../database/api-keys/rotate-api-key';
import { CommandError, type Cli } from '../cli';
import { ownerDatabaseUrl, resolveEnvironment } from '../environment';
import { CLI_LIMITS } from '../limits';
import { byOption, endAfter, printKey } from '../key-output';
import { withDatabase } from '../open-database';
import { age } from '../options';

interface RotateOptions {
  grace: number;
  expiresIn?: number;
  by: string;
  json?: boolean;
}

const WHY: Record<NotRotated, string> = {
  unknown: 'There is no key of this id; intent keys list shows those there are.',
  revoked: 'It has been revoked; make another one with intent keys create.',
  expired: 'It has expired; make another one with intent keys create.',
  replaced: 'It was rotated before; rotate the key that replaced it, which intent keys list shows.',
};

export function addKeysRotateCommand(parent: Command, cli: Cli): void {
  parent
    .command('rotate')
    .description('Makes a key in the place of another, and prints it; the old one goes on for a while.')
    .argument('<id>', 'of the old key, the 12 characters after intent_')
    .option('--grace <duration>', 'how long the old one goes on', age, CLI_LIMITS.keyGraceMs)
    .option('--expires-in <duration>', 'when the new one ends, 90d say; default: it does not', age)
    .addOption(byOption())
    .option('--json', 'print the new key and what is stored of it as JSON')
    .addHelpText(
      'after',
      `
The grace is a day if not said; 0s ends the old key at once. Uses OWNER_DATABASE_URL, else DATABASE_URL.

Exit codes: 0 made; 1 the old key has ended, or is unknown; 2 wrong usage

Example:
  intent keys rotate 7f3k29dm1x0a --grace 2h --expires-in 90d`,
    )
    .action(async (id: string, { grace, expiresIn, by, json }: RotateOptions) => {
      const url = ownerDatabaseUrl(resolveEnvironment(cli));
      const expiresAt = endAfter(expiresIn);
      const rotated = await withDatabase(url, (pool) =>
        rotateApiKey(pool, id, { graceMs: grace, expiresAt, by }),
      );
      if (typeof rotated === 'string') throw new CommandError(`${id}: ${WHY[rotated]}`);
      printKey(cli, rotated, json);
    });
}
