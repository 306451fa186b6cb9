import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries';
import { runCommand } from '../machine/run-command';
import { canUse, type SystemUser } from './unprivileged-user';

export const SUPERUSER = 'postgres';

/** Where root keeps data that another user must own, when the checkout is out of that user's reach. */
const SHARED_DATA = '/var/lib/intent-engine';

export interface PostgresData {
  /** The real folder, links resolved. */
  folder: string;
  superuserPassword: string;
}

/**
 * Gives the data folder, made by `initdb` if there is none yet. Made aside and renamed when complete, so that an
 * interrupted start leaves nothing half initialised.
 *
 * @param dataDir where the data should be; a link if user can't reach that place.
 */
export async function preparePostgresData(
  dataDir: string,
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<PostgresData> {
  await mkdir(dirname(dataDir), { recursive: true });
  const passwordFile = `${dataDir}.password`;
  const folder = await placeData(dataDir, user, log);
  assertUsable(folder);
  if (existsSync(join(folder, 'PG_VERSION'))) {
    await assertSameMajor(folder, binaries);
    return { folder, superuserPassword: readPassword(passwordFile, dataDir) };
  }
  const superuserPassword = randomBytes(24).toString('hex');
  await writeFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
  await initialise(folder, superuserPassword, binaries, user, signal);
  return { folder, superuserPassword };
}

/** The folder that really holds the data. */
async function placeData(
  dataDir: string,
  user: SystemUser | undefined,
  log: (line: string) => void,
): Promise<string> {
  if (existsSync(dataDir)) return realpathSync(dataDir);
  if (!user) return dataDir;
  const elsewhere = join(
    SHARED_DATA,
    createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16),
  );
  const linked = lstatSync(dataDir, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (!linked && (await canOwnFolderIn(dirname(dataDir), user))) return dataDir;
  log(
    `User ${user.name}, who runs Postgres, can't reach ${dataDir}: its data is at ${elsewhere}, linked from there.`,
  );
  await mkdir(SHARED_DATA, { recursive: true, mode: 0o755 });
  if (!linked && existsSync(elsewhere)) {
    // Whoever removed the link wants to start afresh; that is no reason to delete what it pointed to.
    const aside = `${elsewhere}.unlinked-${Date.now()}`;
    await rename(elsewhere, aside);
    log(`Earlier data that nothing links to any more was moved to ${aside}.`);
  }
  // The link comes first: a folder nobody points to would never be found again.
  await rm(dataDir, { force: true });
  await symlink(elsewhere, dataDir);
  return elsewhere;
}

function assertUsable(folder: string): void {
  if (!existsSync(folder)) return;
  const uid = process.getuid?.();
  const { uid: owner } = statSync(folder);
  if (uid !== 0 && owner !== uid) {
    throw new Error(
      `${folder} belongs to the user with id ${owner}, not to you: start as that user or root, or choose another --data-dir.`,
    );
  }
  if (!existsSync(join(folder, 'PG_VERSION')) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty and holds no Postgres data: choose another --data-dir.`);
  }
}

async function canOwnFolderIn(parent: string, user: SystemUser): Promise<boolean> {
  const probe = await mkdtemp(join(parent, '.probe-'));
  try {
    await chown(probe, user.uid, user.gid);
    return canUse(user, probe, 'enter');
  } finally {
    await rm(probe, { recursive: true });
  }
}

async function initialise(
  folder: string,
  superuserPassword: string,
  { initdb }: PostgresBinaries,
  user: SystemUser | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const partial = await mkdtemp(`${folder}.partial-`);
  const passwordFile = join(dirname(partial), `.pw-${randomBytes(8).toString('hex')}`);
  try {
    await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
    if (user) {
      await chown(partial, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    await runCommand(initdb, {
      args: [
        `--pgdata=${partial}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Postgres' own locale: the same order and case rules on every machine, whatever is installed there.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
      ],
      cwd: '/',
      uid: user?.uid,
      gid: user?.gid,
      signal,
    });
    await rename(partial, folder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(partial, { recursive: true, force: true });
  }
}

async function assertSameMajor(folder: string, { postgres }: PostgresBinaries): Promise<void> {
  const ofData = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const output = await runCommand(postgres, { args: ['--version'] });
  const [, ofBinaries] = /(\d+)/.exec(output) ?? [];
  if (ofData === ofBinaries) return;
  throw new Error(
    `The data at ${folder} is of Postgres ${ofData}, and the installed one is ${ofBinaries}. ` +
      'Dump it with the older one, or start with another --data-dir.',
  );
}

function readPassword(passwordFile: string, dataDir: string): string {
  try {
    return readFileSync(passwordFile, 'utf8').trim();
  } catch {
    throw new Error(
      `${passwordFile}, the superuser's password for the data at ${dataDir}, is missing or unreadable: ` +
        'restore it, or choose another --data-dir.',
    );
  }
}
