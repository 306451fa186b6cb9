import { userInfo } from 'node:os';

import { Option } from 'commander';

import type { CreatedApiKey } from '../database/api-keys/create-api-key';
import { isStorableText } from '../intent';
import { UsageError, type Cli } from './cli';

const NAME_LENGTH = 200;

/** Who does it, for the record of what was done to keys. */
export function byOption(): Option {
  return new Option('--by <name>', 'who does it, for the record').default(
    userInfo().username,
    'the name of the login',
  );
}

/** @throws UsageError that names the option */
export function checkKeyName(option: string, text: string, most: number = NAME_LENGTH): void {
  if (text.trim() !== '' && text.length <= most && isStorableText(text)) return;
  throw new UsageError(
    `${option}: must be text of 1 to ${most} characters, without U+0000 or lone surrogates`,
  );
}

/** When a key ends that is to last so long; `null` where it is to last without an end. */
export function endAfter(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(Date.now() + ms);
}

/** A key that was made. The key alone goes to standard output, for `KEY=$(intent keys create …)`. */
export function printKey(cli: Cli, { key, text }: CreatedApiKey, json: boolean | undefined): void {
  if (json === true) {
    cli.printJson({ ...key, key: text });
    return;
  }
  const until = key.expiresAt === null ? 'without an end' : `until ${key.expiresAt.toISOString()}`;
  cli.note(`Made the key ${key.id} (${key.name}), ${key.scopes.join(', ')}, ${until}.`);
  cli.note('It is shown this once; keep it where secrets are kept.');
  cli.print(text);
}
