import { randomUUID, type KeyObject } from 'node:crypto';
import { join } from 'node:path';

import type { PoolClient } from 'pg';

import type { MovedRows } from './candidates';
import { writeArchiveFile, writeDurably } from './archive-file';
import { manifestName, signatureName, signManifest, type SignedManifest } from './manifest';

/** Where archive files are written, and who signs them. */
export interface SignedFiles {
  folder: string;
  signingKey: KeyObject;
}

export interface SignedFile extends SignedManifest {
  name: string;
  sha256: string;
}

/**
 * Writes a file and its signed manifest; both are on the disk when this returns.
 *
 * @param count of what the lines hold, which is complete once they have been read
 */
export async function writeSignedFile(
  { folder, signingKey }: SignedFiles,
  lines: AsyncIterable<string>,
  count: MovedRows & { intents: number },
): Promise<SignedFile> {
  const createdAt = new Date().toISOString();
  const name = `intents-${createdAt.slice(0, 10)}-${randomUUID()}.ndjson.gz`;
  const written = await writeArchiveFile(join(folder, name), lines);
  const signed = signManifest({ format: 1, file: name, ...written, ...count, createdAt }, signingKey);
  await writeDurably(join(folder, signatureName(name)), `${signed.signature}\n`);
  await writeDurably(join(folder, manifestName(name)), signed.text);
  return { name, sha256: written.sha256, ...signed };
}

/** Tells Postgres of a file, in the caller's transaction. */
export async function recordFile(
  client: PoolClient,
  { name, sha256, text, signature }: SignedFile,
): Promise<void> {
  await client.query(
    'INSERT INTO intent_archive_files (name, sha256, manifest, signature) VALUES ($1, $2, $3, $4)',
    [name, sha256, text, signature],
  );
}
