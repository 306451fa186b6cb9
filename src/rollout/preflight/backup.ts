import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { CheckError, failed, judged, passed, type Result } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import { lastLines, runCommand } from '../run-command';
import type { Servers } from '../servers';
import { readBaseBackup } from './base-backup';
import { readDumpContents, headOf } from './dump-contents';
import { readDumpHeader } from './dump-header';
import type { PreflightCheck } from './preflight';

const FIX =
  'Take a backup, as docs/guides/restore.md says, and name it with --backup; or give --backup-command.';
const HEAD_BYTES = 512;

/** A backup exists, is whole as far as can be told without restoring it, holds the engine's tables, and is fresh. */
export const backup: PreflightCheck = {
  name: 'backup',
  title: 'Database backed up',
  step: 'before 1',
  fix: FIX,
  async run({ servers, options, now, signal }) {
    const { backup: path, backupCommand } = options;
    const results = [
      ...(path === undefined
        ? []
        : [await checkBackup(path, servers, { now, maxAgeMs: options.backupMaxAgeMs })]),
      ...(backupCommand === undefined ? [] : [await checkCommand(backupCommand, servers.env, signal)]),
    ];
    const worst = results.find(({ status }) => status === 'failed') ?? results[0];
    if (worst === undefined) return failed('no backup was named', FIX);
    if (worst.status === 'failed') return worst;
    return passed(
      results.flatMap(({ saw }) => saw),
      results.flatMap(({ warnings = [] }) => warnings),
    );
  },
};

async function checkCommand(
  command: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const { code, output } = await runCommand(command, { env, signal });
  if (code === 0) return passed([`the command says that there is a backup`, ...lastLines(output, 3)]);
  return failed(
    [`the command ended with ${code ?? 'a signal'}`, ...lastLines(output)],
    'See what it prints, and mend the backup.',
  );
}

interface Found {
  saw: string;
  madeAt: Date;
  problems: string[];
  warnings?: string[];
}

async function checkBackup(
  path: string,
  servers: Servers,
  { now, maxAgeMs }: { now: Date; maxAgeMs: number },
): Promise<Result> {
  const found = await lookAt(path, servers);
  const ageMs = now.getTime() - found.madeAt.getTime();
  const age = `${Math.round(ageMs / 60_000)} minutes old`;
  const problems = [...found.problems];
  if (ageMs > maxAgeMs)
    problems.push(`it is ${age}, and may be ${Math.round(maxAgeMs / 60_000)} (--backup-max-age)`);
  const saw = `${path}: ${found.saw}, ${age}`;
  return judged(problems, saw, FIX, found.warnings);
}

async function lookAt(path: string, servers: Servers): Promise<Found> {
  const info = await stat(path).catch(() => {
    throw new CheckError(`${path}: there is no such file or folder`, FIX);
  });
  if (!info.isDirectory()) return lookAtFile(path, info.mtime, servers);
  const physical = await readBaseBackup(path);
  if (physical !== undefined) return lookAtPhysical(physical, servers);
  const contents = join(path, 'toc.dat');
  const { mtime } = await stat(contents).catch(() => {
    throw new CheckError(
      `${path}: neither pg_basebackup nor pg_dump --format=directory has written this folder`,
      FIX,
    );
  });
  return lookAtFile(contents, mtime, servers);
}

async function lookAtPhysical(
  { madeAt, files, problems, databases }: NonNullable<Awaited<ReturnType<typeof readBaseBackup>>>,
  servers: Servers,
): Promise<Found> {
  const { rows } = await servers
    .anyPool()
    .query<{ oid: string }>('SELECT oid::text FROM pg_database WHERE datname = current_database()');
  const oid = rows[0]?.oid ?? '';
  return {
    saw: `a physical backup of ${files} files`,
    madeAt,
    problems: [
      ...problems.slice(0, 5),
      ...(problems.length > 0 || databases.has(oid)
        ? []
        : [`it does not hold this database, whose oid is ${oid}`]),
    ],
  };
}

async function lookAtFile(path: string, changedAt: Date, servers: Servers): Promise<Found> {
  const head = await headOf(path, HEAD_BYTES);
  const header = readDumpHeader(head);
  const { missing, ended } = await readDumpContents(path);
  const problems = missing.map((table) => `it lacks the rows of ${table}`);
  if (header === undefined) {
    if (!head.toString('latin1').includes('PostgreSQL database dump')) {
      throw new CheckError(`${path}: pg_dump has not written this, or only its beginning is there`, FIX);
    }
    if (!ended) problems.push('it is cut off: the last words of a dump are missing');
    return { saw: 'a dump in SQL', madeAt: changedAt, problems };
  }
  // A copy has a new date, and the head has no time zone: the older of the two that can be true counts.
  const saidAt = new Date(header.madeAt.getTime() + ROLLOUT_LIMITS.zoneMs);
  const wanted = await databaseName(servers);
  return {
    saw: `pg_dump --format=${header.format} of ${header.database}, Postgres ${header.serverVersion}`,
    madeAt: saidAt < changedAt ? saidAt : changedAt,
    problems,
    ...(wanted !== undefined &&
      wanted !== header.database && {
        warnings: [`it is of a database named ${header.database}, and this one is named ${wanted}`],
      }),
  };
}

/** `undefined` where none answers, which another check says. */
async function databaseName(servers: Servers): Promise<string | undefined> {
  try {
    const { rows } = await servers
      .anyPool()
      .query<{ name: string }>('SELECT current_database()::text AS name');
    return rows[0]?.name;
  } catch {
    return undefined;
  }
}
