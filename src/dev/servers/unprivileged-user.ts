import { spawnSync } from 'node:child_process';

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Whom to run Postgres as: it refuses to run as root. `postgres` if that user exists, else `nobody`; no user is
 * created, because a development tool has no business adding accounts.
 *
 * @returns `undefined` unless we are root: then everything runs as ourselves.
 */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new Error(
    'Postgres refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as. ' +
      'Run as another user, create one of the two, or give DATABASE_URL.',
  );
}

/** Whether the user can use the path, asked by really trying as that user: folders above it count too. */
export function canUse(user: SystemUser, path: string, access: 'enter' | 'execute'): boolean {
  const test = access === 'enter' ? ['-x', path, '-a', '-w', path] : ['-x', path];
  return spawnSync('test', test, { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout, 10) : undefined;
}
