import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

import { parse, stringify, TomlError } from 'smol-toml';

import { UsageError, type Cli } from '../cli';
import { yellow } from '../painted';
import { checkProfiles, type Profile } from './profile';

/** The file of profiles, read and checked. */
export interface ProfileFile {
  /** None where the environment names no folder for it. */
  path: string | undefined;
  exists: boolean;
  hasComments: boolean;
  profiles: Record<string, Profile>;
}

/** Where the profiles are: `INTENT_CONFIG_FILE`, which may be empty for none, else the user's folder for such files. */
export function profilePath({
  INTENT_CONFIG_FILE: named,
  XDG_CONFIG_HOME: xdg,
  HOME: home,
}: NodeJS.ProcessEnv): string | undefined {
  if (named !== undefined) return named === '' ? undefined : resolve(named);
  const folder = xdg && isAbsolute(xdg) ? xdg : home && join(home, '.config');
  return folder ? join(folder, 'intent', 'intent.toml') : undefined;
}

/**
 * Reads the file, and warns where others than its owner may do so as well. No file is one without profiles.
 *
 * @throws UsageError that names the file, and the profile and key that are wrong in it
 */
export function readProfiles(cli: Cli): ProfileFile {
  const path = profilePath(cli.env);
  const text = path === undefined ? undefined : readText(path);
  if (path === undefined || text === undefined) {
    return { path, exists: false, hasComments: false, profiles: {} };
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    const what = `${path} may hold passwords, and others may use it (mode ${mode.toString(8)})`;
    cli.note([yellow('warning:'), ` ${what}: chmod 600 ${path}`]);
  }
  const checked = checkProfiles(parseToml(path, text));
  if (!checked.ok) throw new UsageError(`${path}: ${checked.problems.join('; ')}`);
  return { path, exists: true, hasComments: hasComments(text), profiles: checked.profiles };
}

/**
 * Writes the file, for its owner alone and in one step: whoever reads meanwhile sees it as it was or as it is then. A link
 * stays one.
 */
export function writeProfiles(path: string, profiles: Record<string, Profile>): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const target = targetOf(path);
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    writeFileSync(partial, `${stringify({ profile: profiles }).trim()}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new UsageError(`${path} can't be written (${(error as Error).message})`);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UsageError(`${path} can't be read (${message})`);
  }
}

function parseToml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The rest of its message shows the line, which may hold a password.
    const [message = ''] = error.message.split('\n', 1);
    throw new UsageError(`${path}:${error.line}:${error.column}: ${message}`);
  }
}

/** Of a text that is TOML: strings are passed over as a whole, since a password may have a # in it. */
function hasComments(text: string): boolean {
  const tokens = text.matchAll(
    /"""(?:\\[^]|(?!""")[^])*"""|'''(?:(?!''')[^])*'''|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#/g,
  );
  return [...tokens].some(([token]) => token === '#');
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
