import { readRunningStack } from '../dev/stack/stack-environment';
import type { Cli } from './cli';
import { CommandError } from './cli';
import { applyProfile } from './profiles/apply-profile';
import { namedProfile, profileOf } from './profiles/chosen-profile';
import { DEFAULT_PROFILE, type Profile } from './profiles/profile';
import { readProfiles } from './profiles/profile-file';

const DATA_DIR = '.data';

/** Each of them names a server: with one of them, only what is named is used. */
const NAMING = ['DATABASE_URL', 'OWNER_DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE'];

const resolved = new WeakMap<Cli, NodeJS.ProcessEnv>();

/**
 * The environment that a command works with. A profile that is named completes the environment. With none named it is the
 * environment alone, where that names a server; else the profile `default`; else the local stack which runs in the working
 * directory. Never a mixture that goes unsaid: one's Temporal and the other's Postgres would not know each other's
 * intents.
 */
export function resolveEnvironment(cli: Cli): NodeJS.ProcessEnv {
  const known = resolved.get(cli);
  if (known !== undefined) return known;
  const env = resolve(cli);
  resolved.set(cli, env);
  return env;
}

function resolve(cli: Cli): NodeJS.ProcessEnv {
  const { env } = cli;
  const named = namedProfile(cli);
  if (named !== undefined) return completed(cli, named.name, profileOf(readProfiles(cli), named));
  if (NAMING.some((name) => env[name])) return env;
  const { path, profiles } = readProfiles(cli);
  const stack = readRunningStack(DATA_DIR);
  const byDefault = profiles[DEFAULT_PROFILE];
  if (byDefault !== undefined) {
    if (stack !== undefined) {
      cli.note(`Using the profile ${DEFAULT_PROFILE} of ${path}, not the local stack that runs here.`);
    }
    return completed(cli, DEFAULT_PROFILE, byDefault);
  }
  if (stack === undefined) return env;
  cli.note(
    `Using the local stack of ${DATA_DIR}/stack.env (Temporal ${stack['TEMPORAL_ADDRESS'] ?? 'unknown'}).`,
  );
  return { ...env, ...stack };
}

function completed(cli: Cli, name: string, profile: Profile): NodeJS.ProcessEnv {
  const { env, before } = applyProfile(cli.env, profile);
  if (before.length > 0) {
    cli.note(`Using the profile ${name}, but what the environment says comes first: ${before.join(', ')}.`);
  }
  return env;
}

/** Of the engine's role. */
export function databaseUrl(env: NodeJS.ProcessEnv): string {
  const url = env['DATABASE_URL'];
  if (url) return url;
  throw new CommandError(
    'DATABASE_URL is not set: set it, or database_url of a profile (intent config set), to the Postgres that mirrors ' +
      'intents, or start a local stack in this folder with npm start.',
  );
}

/** Of the owner's role, which migrates and registers graphs. */
export function ownerDatabaseUrl(env: NodeJS.ProcessEnv): string {
  const url = env['OWNER_DATABASE_URL'] || env['DATABASE_URL'];
  if (url) return url;
  throw new CommandError(
    'OWNER_DATABASE_URL is not set: set it, or DATABASE_URL, or owner_database_url of a profile (intent config set), ' +
      'to the Postgres of the intents as the role that owns their tables, or start a local stack in this folder with ' +
      'npm start.',
  );
}
