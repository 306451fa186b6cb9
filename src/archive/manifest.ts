import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

const manifestSchema = z.object({
  format: z.literal(1),
  file: z.string(),
  /** Of the file as it lies there, compressed. */
  sha256: z.string(),
  bytes: z.int().min(0),
  intents: z.int().min(0),
  auditRows: z.int().min(0),
  rejections: z.int().min(0),
  /** Not in files that were written before there were votes. */
  votes: z.int().min(0).optional(),
  /** ISO 8601, UTC */
  createdAt: z.string(),
});

/** What an archive file holds. Its signature is over exactly the bytes that are stored. */
export type Manifest = z.output<typeof manifestSchema>;

export interface SignedManifest {
  text: string;
  /** Ed25519, Base64 */
  signature: string;
}

export const manifestName = (file: string) => `${file}.manifest.json`;
export const signatureName = (file: string) => `${file}.manifest.sig`;

/** @throws Error that names the file when it holds no Ed25519 private key in PEM */
export async function readSigningKey(path: string): Promise<KeyObject> {
  return readKey(path, 'private', createPrivateKey);
}

/** @throws Error that names the file when it holds no Ed25519 public key in PEM */
export async function readVerifyingKey(path: string): Promise<KeyObject> {
  return readKey(path, 'public', createPublicKey);
}

export function signManifest(manifest: Manifest, key: KeyObject): SignedManifest {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  return { text, signature: sign(null, Buffer.from(text), key).toString('base64') };
}

/** Whether the signature of a manifest is that of the key. */
export function isSigned({ text, signature }: SignedManifest, key: KeyObject): boolean {
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}

/** Reads a manifest and its signature from the archive's folder. */
export async function readManifest(
  folder: string,
  file: string,
): Promise<{ manifest: Manifest; signed: SignedManifest }> {
  const text = await readFile(join(folder, manifestName(file)), 'utf8');
  const signature = (await readFile(join(folder, signatureName(file)), 'utf8')).trim();
  return { manifest: manifestSchema.parse(JSON.parse(text)), signed: { text, signature } };
}

async function readKey(
  path: string,
  kind: 'private' | 'public',
  parse: (pem: string) => KeyObject,
): Promise<KeyObject> {
  const how =
    kind === 'private'
      ? `openssl genpkey -algorithm ed25519 -out ${path}`
      : 'openssl pkey -in KEY -pubout -out PUBLIC';
  try {
    const key = parse(await readFile(path, 'utf8'));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(`${path}: there is no such file; make one with: ${how}`, { cause: error });
    }
  }
  throw new Error(`${path}: holds no Ed25519 ${kind} key in PEM; make one with: ${how}`);
}
