import { CommanderError } from 'commander';

import { isIntentError } from '../client';
import { LOCK_NOT_AVAILABLE, sqlStateOf } from '../database/sql-states';
import { formatGraphProblem, isGraphValidationError } from '../graph';
import { LogHeaderError } from '../import/read-events';
import { ImportGraphError } from '../import/import-graph';
import { EXIT, UsageError, type Cli } from './cli';
import { suggest } from './suggest';

const INSUFFICIENT_PRIVILEGE = '42501';
const UNDEFINED_TABLE = '42P01';
const CONNECTION_CODES = ['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN'];

/** Says on standard error what went wrong, without a stack trace, and returns the exit code for it. */
export function reportError(cli: Cli, error: unknown): number {
  // Commander has printed its own already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { message, more = [], exitCode } = explain(error);
  cli.error(message);
  for (const line of more) cli.note(line);
  return exitCode;
}

function explain(error: unknown): { message: string; more?: string[]; exitCode: number } {
  if (error instanceof LogHeaderError) {
    return { message: error.message + suggest(error.missing, error.present), exitCode: EXIT.usage };
  }
  if (error instanceof ImportGraphError) {
    return { message: error.message + registeredGraphs(error), exitCode: EXIT.failed };
  }
  if (error instanceof UsageError || (isIntentError(error) && error.code === 'INVALID_ARGUMENT')) {
    return { message: (error as Error).message, exitCode: EXIT.usage };
  }
  if (isGraphValidationError(error)) {
    const more = error.problems.map(formatGraphProblem);
    return { message: firstLine(error), more, exitCode: EXIT.failed };
  }
  return { message: explainServer(error) ?? firstLine(error), exitCode: EXIT.failed };
}

function registeredGraphs({ wanted, registered }: ImportGraphError): string {
  if (registered.length === 0) return '';
  const names = registered.map((reference) => reference.replace(/@.*/, ''));
  return `${suggest(wanted.replace(/@.*/, ''), names)}. Registered: ${registered.join(', ')}`;
}

function explainServer(error: unknown): string | undefined {
  const state = sqlStateOf(error);
  const message = firstLine(error);
  if (state === INSUFFICIENT_PRIVILEGE || /must be owner of/.test(message)) {
    return (
      `The role of this database URL may not do that (${message}). Set OWNER_DATABASE_URL to the same database as ` +
      `the role that owns its tables.`
    );
  }
  if (state === UNDEFINED_TABLE) {
    return `The database lacks the engine's tables (${message}). Create them as the owner's role: intent migrate`;
  }
  if (state === LOCK_NOT_AVAILABLE) {
    return `Postgres: ${message}: another session holds what this one needs. Try again when that one is done.`;
  }
  if (state !== undefined) return `Postgres: ${message}`;
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof code === 'string' && CONNECTION_CODES.includes(code)) {
    const { address, port } = error as { address?: string; port?: number };
    const where = address === undefined ? '' : ` at ${address}:${port}`;
    return `DATABASE_URL: Postgres does not answer${where} (${code}). Is it running?`;
  }
  return undefined;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n', 1)[0] ?? text;
}
