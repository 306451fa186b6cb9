import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockHolder, tryLock } from './lock-file';
import { stopRecordedProcesses } from '../stack/recorded-processes';

const PREFIX = 'intent-engine-';
const LOCK = 'stack.lock';

export interface TemporaryFolder {
  path: string;
  /** Deletes it. */
  remove: () => void;
}

/**
 * A folder for servers that live only as long as this process. First removes those of processes that were killed,
 * and stops the servers that these left running.
 */
export async function makeTemporaryFolder(parent: string = tmpdir()): Promise<TemporaryFolder> {
  await sweep(parent);
  const path = mkdtempSync(join(parent, PREFIX));
  // Passable for the user whom Postgres runs as when we are root.
  chmodSync(path, 0o711);
  tryLock(join(path, LOCK));
  return { path, remove: () => removeFolder(path) };
}

async function sweep(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    // Without the lock file it is not ours, or was made this very moment.
    if (!name.startsWith(PREFIX) || !existsSync(join(path, LOCK)) || lockHolder(join(path, LOCK))) continue;
    try {
      await stopRecordedProcesses(path);
      removeFolder(path);
    } catch {
      // Someone else's: another user's folder, or one that another process is sweeping.
    }
  }
}

function removeFolder(path: string): void {
  const postgresData = join(path, 'postgres');
  // The data may lie elsewhere, where the user whom Postgres runs as can reach it.
  if (existsSync(postgresData)) rmSync(realpathSync(postgresData), { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
}
