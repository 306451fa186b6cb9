import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { processIdentity } from './process-identity';

export interface LockHolder {
  pid: number;
  identity: string;
}

export type Lock = { acquired: true; release: () => void } | { acquired: false; holder: LockHolder };

/**
 * Takes a lock that its owner's death releases: the file names a process, and a file whose process is gone
 * counts as free.
 *
 * @example
 * const lock = tryLock('.data/stack.lock');
 * if (!lock.acquired) throw new Error(`held by process ${lock.holder.pid}`);
 */
export function tryLock(path: string): Lock {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  const self: LockHolder = { pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  // Written in full under another name and linked: a lock file is never seen half written.
  writeFileSync(mine, JSON.stringify(self));
  try {
    for (;;) {
      if (linkIfAbsent(mine, path)) return { acquired: true, release: () => releaseIfOurs(path, self) };
      const text = readIfPresent(path);
      if (text === undefined) continue;
      const holder = parseHolder(text);
      if (holder && processIdentity(holder.pid) === holder.identity) return { acquired: false, holder };
      removeStale(path, text);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The live process that holds the lock, if any. */
export function lockHolder(path: string): LockHolder | undefined {
  const holder = parseHolder(readIfPresent(path) ?? '');
  return holder && processIdentity(holder.pid) === holder.identity ? holder : undefined;
}

function removeStale(path: string, staleText: string): void {
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  // Another process may have replaced the stale file between our look and our rename: give theirs back.
  if (readIfPresent(aside) !== staleText) linkIfAbsent(aside, path);
  rmSync(aside, { force: true });
}

function releaseIfOurs(path: string, self: LockHolder): void {
  const holder = parseHolder(readIfPresent(path) ?? '');
  if (holder?.pid === self.pid && holder.identity === self.identity) rmSync(path, { force: true });
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder>;
    return typeof value.pid === 'number' && typeof value.identity === 'string'
      ? { pid: value.pid, identity: value.identity }
      : undefined;
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
