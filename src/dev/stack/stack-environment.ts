import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DEFAULT_DATA_DIR } from '../checkout';
import { lockHolder } from '../machine/lock-file';

export type Environment = Record<string, string>;

/** Names what the stack itself started, so that a shell that still holds those addresses doesn't count as giving them. */
const STARTED = 'INTENT_STACK_STARTED';

export function stackLock(dataDir: string): string {
  return join(dataDir, 'stack.lock');
}

export function stackEnvFile(dataDir: string): string {
  return join(dataDir, 'stack.env');
}

/**
 * The environment of the stack that runs on a data folder.
 *
 * @returns `undefined` when none does, or it is not ready yet.
 * @example
 * const running = readRunningStack();
 * const intents = await IntentClient.connect({ ...running });
 */
export function readRunningStack(dataDir: string = DEFAULT_DATA_DIR): Environment | undefined {
  const file = stackEnvFile(resolve(dataDir));
  if (!lockHolder(stackLock(resolve(dataDir))) || !existsSync(file)) return undefined;
  return parseEnvironment(readFileSync(file, 'utf8'));
}

/**
 * Writes the file that `set -a; . .data/stack.env` reads. It holds passwords, so only its owner may read it, and it
 * appears in one step.
 *
 * @param started names of the variables whose servers the stack itself started.
 */
export function writeStackEnvironment(dataDir: string, environment: Environment, started: string[]): void {
  const marked = {
    ...environment,
    [STARTED]: started.map((name) => mark(name, environment[name] ?? '')).join(','),
  };
  const partial = `${stackEnvFile(dataDir)}.partial`;
  rmSync(partial, { force: true });
  writeFileSync(partial, formatEnvironment(marked), { mode: 0o600 });
  renameSync(partial, stackEnvFile(dataDir));
}

export function removeStackEnvironment(dataDir: string): void {
  rmSync(stackEnvFile(dataDir), { force: true });
}

/**
 * An environment without what an earlier stack put there: in a terminal that has read `stack.env`, `DATABASE_URL` names
 * a Postgres that we are to start, not one that somebody gave us.
 */
export function withoutStarted(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const marks = new Set((environment[STARTED] ?? '').split(','));
  const given = Object.entries(environment).filter(([name, value]) => !marks.has(mark(name, value ?? '')));
  return Object.fromEntries(given.filter(([name]) => name !== STARTED));
}

/** A line for each variable, its value in single quotes: a shell takes nothing in there for a command. */
export function formatEnvironment(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}

/** Reads back what {@link formatEnvironment} wrote. */
export function parseEnvironment(text: string): Environment {
  const lines = text.matchAll(/^(\w+)='((?:[^']|'\\'')*)'$/gm);
  return Object.fromEntries(
    Array.from(lines, ([, name = '', value = '']) => [name, value.replaceAll(`'\\''`, "'")]),
  );
}

/** A digest, since the value may hold a password and the mark stays in the environment of every child process. */
function mark(name: string, value: string): string {
  return createHash('sha256').update(`${name}=${value}`).digest('hex').slice(0, 16);
}
