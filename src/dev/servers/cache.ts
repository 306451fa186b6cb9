import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLock } from '../machine/lock-file';

export interface CacheEntry {
  /** What is kept, for example `temporal-cli`. */
  what: string;
  version: string;
  /** Folder of all entries. Default: {@link cacheRoot}. */
  root?: string;
}

/** Outside of every checkout, so that a fresh clone does not build again: `${XDG_CACHE_HOME:-~/.cache}/intent-engine`. */
function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'intent-engine');
}

/** Folder of an entry, whether or not it exists yet. */
export function cacheFolder({ what, version, root = cacheRoot() }: CacheEntry): string {
  return join(root, `${what}-${version}-${process.platform}-${process.arch}`);
}

/** True once the entry is complete: its folder appears in one rename. */
export function isCached(entry: CacheEntry): boolean {
  return existsSync(cacheFolder(entry));
}

/**
 * Gives an entry's folder and fills it first if it is not there.
 * Two processes at once: one fills it while the other waits; a process killed half way leaves nothing that counts.
 *
 * @param fill writes into the given folder, a temporary sibling that is renamed once this resolves.
 * @throws whatever `fill` throws; then nothing is kept.
 * @example
 * const folder = await cached({ what: 'tool', version: '1.2.0' }, (into) => download(into));
 */
export async function cached(
  entry: CacheEntry,
  fill: (folder: string) => Promise<void>,
  options: { log?: (line: string) => void; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const folder = cacheFolder(entry);
  if (existsSync(folder)) return folder;
  const root = entry.root ?? cacheRoot();
  await mkdir(root, { recursive: true });
  const release = await waitForLock(`${folder}.lock`, folder, options);
  if (!release) return folder;
  try {
    if (existsSync(folder)) return folder;
    await removeLeftovers(root, folder);
    const partial = await mkdtemp(`${folder}.partial-`);
    try {
      await fill(partial);
      await renameUnlessPresent(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return folder;
  } finally {
    release();
  }
}

async function waitForLock(
  lockPath: string,
  folder: string,
  { log = () => {}, signal }: { log?: (line: string) => void; signal?: AbortSignal | undefined },
): Promise<(() => void) | undefined> {
  let told = false;
  for (;;) {
    const lock = tryLock(lockPath);
    if (lock.acquired) return lock.release;
    if (!told) log(`Waiting for process ${lock.holder.pid}, which is filling ${folder}.`);
    told = true;
    await delay(200, undefined, signal ? { signal } : {});
    if (existsSync(folder)) return undefined;
  }
}

/** Only the lock's owner calls this, so a partial folder here was left by a killed process. */
async function removeLeftovers(root: string, folder: string): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name);
    if (path.startsWith(`${folder}.partial-`)) await rm(path, { recursive: true, force: true });
  }
}

async function renameUnlessPresent(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code !== 'EEXIST' && code !== 'ENOTEMPTY') || !existsSync(to)) throw error;
  }
}
