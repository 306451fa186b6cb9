import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';

import { readSigningKey } from '../archive/manifest';
import type { SignedFiles } from '../archive/signed-files';
import { UsageError } from './cli';

/**
 * The folder of archive files and the key that signs them, as two options name them.
 *
 * @param option name of the one for the folder
 * @returns `undefined` when neither is given
 * @throws UsageError that names the option and the fix
 */
export async function signedFiles(
  option: string,
  folder: string | undefined,
  signingKey: string | undefined,
): Promise<SignedFiles | undefined> {
  if (folder === undefined) {
    if (signingKey === undefined) return undefined;
    throw new UsageError(`--signing-key: only files are signed; give their folder with ${option}`);
  }
  if (signingKey === undefined) {
    throw new UsageError(
      '--signing-key: files need one; openssl genpkey -algorithm ed25519 -out archive.key',
    );
  }
  const path = resolve(folder);
  await access(path, constants.W_OK).catch(() => {
    throw new UsageError(`${option}: ${path} is no folder that can be written to; make it first`);
  });
  return { folder: path, signingKey: await readSigningKey(signingKey) };
}
