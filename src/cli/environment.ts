import { readRunningStack } from '../dev/stack/stack-environment';
import type { Cli } from './cli';
import { CommandError } from './cli';

const DATA_DIR = '.data';

/**
 * The environment that a command works with: its own, or that of the local stack which runs in the working
 * directory when neither Postgres nor Temporal is named. Never a mixture: one's Temporal and the other's Postgres
 * would not know each other's intents.
 */
export function resolveEnvironment(cli: Cli): NodeJS.ProcessEnv {
  const { env } = cli;
  const named = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE'].some((name) => env[name]);
  if (named) return env;
  const stack = readRunningStack(DATA_DIR);
  if (stack === undefined) return env;
  cli.note(
    `Using the local stack of ${DATA_DIR}/stack.env (Temporal ${stack['TEMPORAL_ADDRESS'] ?? 'unknown'}).`,
  );
  return { ...env, ...stack };
}

/** Of the engine's role. */
export function databaseUrl(env: NodeJS.ProcessEnv): string {
  const url = env['DATABASE_URL'];
  if (url) return url;
  throw new CommandError(
    'DATABASE_URL is not set: set it to the Postgres that mirrors intents, or start a local stack in this folder ' +
      'with npm start.',
  );
}

/** Of the owner's role, which migrates and registers graphs. */
export function ownerDatabaseUrl(env: NodeJS.ProcessEnv): string {
  const url = env['OWNER_DATABASE_URL'] || env['DATABASE_URL'];
  if (url) return url;
  throw new CommandError(
    'OWNER_DATABASE_URL is not set: set it, or DATABASE_URL, to the Postgres of the intents as the role that owns ' +
      'their tables, or start a local stack in this folder with npm start.',
  );
}
