import { chown, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';

/** Folders that are there in a backup, and empty, as pg_basebackup makes them; pg_wal is filled at the end. */
const EMPTY = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
  'pgsql_tmp',
]);
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);

export interface BaseBackup {
  superuserUrl: string;
  /** Of the server that runs. */
  dataFolder: string;
  /** New folder, which Postgres can be started on. */
  into: string;
  /** Called while the data is copied: the backup must be good whatever is written meanwhile. */
  meanwhile?: () => Promise<void>;
}

/**
 * An online backup of a whole Postgres, by the same means as `pg_basebackup --wal-method=fetch`, which npm's Postgres
 * comes without: the data folder is copied between `pg_backup_start` and `pg_backup_stop`, and then the write-ahead
 * log, which makes one moment out of a copy that took a while. The server needs `wal_keep_size`.
 */
export async function takeBaseBackup({
  superuserUrl,
  dataFolder,
  into,
  meanwhile,
}: BaseBackup): Promise<void> {
  const { uid, gid } = await stat(dataFolder);
  const copy = (path: string) => copyFolder(join(dataFolder, path), join(into, path), { uid, gid });
  // The backup is the session's: it ends with it.
  const session = new Client({ connectionString: superuserUrl });
  await session.connect();
  try {
    await session.query(`SELECT pg_backup_start('drill', fast => true)`);
    await copy('');
    await meanwhile?.();
    const { rows } = await session.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
    );
    await copy('pg_wal');
    const label = join(into, 'backup_label');
    await writeFile(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
    await chown(label, uid, gid);
  } finally {
    await session.end();
  }
}

interface Owner {
  uid: number;
  gid: number;
}

async function copyFolder(from: string, to: string, owner: Owner): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  await chown(to, owner.uid, owner.gid);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (EMPTY.has(entry.name)) await mkdir(target, { mode: 0o700 }).then(() => own(target, owner));
      else await copyFolder(source, target, owner);
    } else if (!LEFT_OUT.has(entry.name)) {
      await copyFile(source, target)
        .then(() => own(target, owner))
        .catch(unlessGone);
    }
  }
}

function own(path: string, { uid, gid }: Owner): Promise<void> {
  return chown(path, uid, gid);
}

/** Postgres removes and renames files while it runs; its log says so to whoever recovers. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
