import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  Files: Array<{ Path?: string; 'Encoded-Path'?: string; Size: number }>;
}

/** What pg_basebackup wrote, looked through by its manifest. */
export interface BaseBackup {
  madeAt: Date;
  files: number;
  /** What is missing or has another size. */
  problems: string[];
  /** Oids of the databases in it. */
  databases: Set<string>;
}

/**
 * Looks through a physical backup: its manifest is what was written, and every file is there with its size. Compares no
 * checksums of files, which pg_verifybackup does.
 *
 * @returns `undefined` where there is no manifest
 */
export async function readBaseBackup(folder: string): Promise<BaseBackup | undefined> {
  const path = join(folder, 'backup_manifest');
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const text = bytes.toString();
  const { mtime } = await stat(path);
  const before = bytes.subarray(0, bytes.lastIndexOf('"Manifest-Checksum"'));
  if (!text.includes(`"Manifest-Checksum": "${createHash('sha256').update(before).digest('hex')}"`)) {
    return {
      madeAt: mtime,
      files: 0,
      databases: new Set(),
      problems: ['backup_manifest was changed or cut off'],
    };
  }
  const { Files: files } = JSON.parse(text) as Manifest;
  const problems: string[] = [];
  const databases = new Set<string>();
  for (const { Path, 'Encoded-Path': encoded, Size } of files) {
    const name = Path ?? Buffer.from(encoded ?? '', 'hex').toString();
    const oid = /^base\/(\d+)\//.exec(name)?.[1];
    if (oid !== undefined) databases.add(oid);
    const size = await stat(join(folder, name)).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) problems.push(`${name} is missing`);
    else if (size !== Size) problems.push(`${name} has ${size} bytes in the place of ${Size}`);
  }
  return { madeAt: mtime, files: files.length, problems, databases };
}
