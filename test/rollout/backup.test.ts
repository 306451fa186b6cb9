import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createPool } from '../../src/database/pool';
import { BACKED_UP } from '../../src/rollout/preflight/dump-contents';
import { readDumpHeader } from '../../src/rollout/preflight/dump-header';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { dumpOf, recordedDump } from './fresh-dump';
import { runOne, seen } from './run-check';

let database: TestDatabase;
let folder: string;
let dump: Buffer;
beforeAll(async () => {
  database = await createTestDatabase('backup');
  folder = await mkdtemp(join(tmpdir(), 'intent-backup-'));
  dump = await recordedDump();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database?.drop();
});

const check = (...args: string[]) =>
  runOne('preflight', 'backup', { PATH: process.env['PATH'], DATABASE_URL: database.engineUrl }, args);

async function file(name: string, content: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A dump in SQL as pg_dump writes it. */
const sql = (tables: readonly string[]) =>
  [
    '--\n-- PostgreSQL database dump\n--\n',
    ...tables.map((table) => `COPY public.${table} (id) FROM stdin;\n1\n\\.\n`),
  ]
    .concat('--\n-- PostgreSQL database dump complete\n--\n')
    .join('\n');

test('the head of a dump says what it is', () => {
  expect(readDumpHeader(dump)).toEqual({
    format: 'custom',
    database: 'intent',
    serverVersion: expect.stringMatching(/^15\./) as string,
    madeAt: new Date(2026, 10, 28, 19, 24, 47),
  });
  expect(readDumpHeader(dump.subarray(0, 40))).toBeUndefined();
  expect(readDumpHeader(Buffer.from('PGDMP'))).toBeUndefined();
});

test('without a backup it fails, and says how to name one', async () => {
  expect(await check()).toMatchObject({
    status: 'failed',
    saw: ['no backup was named'],
    fix: expect.stringContaining('--backup-command') as string,
  });
});

test('a dump of the custom format passes, and one of another database is warned of', async () => {
  const path = await file('intent.dump', dumpOf(dump, new Date()));
  const report = await check('--backup', path);
  expect(report).toMatchObject({
    status: 'passed',
    warnings: [expect.stringContaining('a database named intent') as string],
  });
  expect(seen(report)).toContain('pg_dump --format=custom of intent, Postgres 15.');
});

test('a folder of the directory format is looked through by its table of contents', async () => {
  const path = join(folder, 'directory');
  await mkdir(path);
  const contents = dumpOf(dump, new Date());
  contents[10] = 5;
  await writeFile(join(path, 'toc.dat'), contents);
  expect(await check('--backup', path)).toMatchObject({ status: 'passed' });
});

test('a dump in SQL passes, packed or not', async () => {
  const text = sql(BACKED_UP);
  expect(await check('--backup', await file('a.sql', text))).toMatchObject({ status: 'passed' });
  expect(await check('--backup', await file('a.sql.gz', gzipSync(text)))).toMatchObject({ status: 'passed' });
});

test('one that is too old fails, also when a copy has a new date', async () => {
  const old = await file('old.sql', sql(BACKED_UP));
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(old, yesterday, yesterday);
  expect(seen(await check('--backup', old))).toContain('it is 1500 minutes old, and may be 1440');
  expect(await check('--backup', old, '--backup-max-age', '26h')).toMatchObject({ status: 'passed' });
  const aged = dumpOf(dump, new Date(Date.now() - 48 * 3_600_000));
  expect(seen(await check('--backup', await file('copy.dump', aged)))).toContain('--backup-max-age');
});

test('one that is cut off, lacks a table or is none fails', async () => {
  const whole = await file('cut.sql', sql(BACKED_UP));
  await truncate(whole, sql(BACKED_UP).length - 60);
  expect(seen(await check('--backup', whole))).toContain('it is cut off');
  const some = await file(
    'some.sql',
    sql(BACKED_UP.filter((table) => table !== 'workflow_transition_audit')),
  );
  expect(seen(await check('--backup', some))).toBe('it lacks the rows of workflow_transition_audit');
  const head = await file('head.dump', dump.subarray(0, 2_000));
  expect(seen(await check('--backup', head))).toContain('it lacks the rows of intent_workflows');
  expect(seen(await check('--backup', await file('empty', '')))).toContain('pg_dump has not written this');
  expect(seen(await check('--backup', join(folder, 'nowhere')))).toContain('there is no such file');
  expect(seen(await check('--backup', folder))).toContain('neither pg_basebackup nor');
});

describe('a physical backup', () => {
  async function physical(name: string, oid: string): Promise<string> {
    const path = join(folder, name);
    await mkdir(join(path, 'base', oid), { recursive: true });
    await writeFile(join(path, 'base', oid, '1249'), 'rows');
    await writeFile(join(path, 'PG_VERSION'), '18\n');
    const files = [
      { Path: 'PG_VERSION', Size: 3 },
      { Path: `base/${oid}/1249`, Size: 4 },
    ].map((each) => JSON.stringify(each));
    const head = `{ "PostgreSQL-Backup-Manifest-Version": 1,\n"Files": [\n${files.join(',\n')}\n],\n`;
    const digest = createHash('sha256').update(head).digest('hex');
    await writeFile(join(path, 'backup_manifest'), `${head}"Manifest-Checksum": "${digest}"}\n`);
    return path;
  }

  async function oidOf(): Promise<string> {
    const pool = createPool({ databaseUrl: database.engineUrl, applicationName: 'test', max: 1 });
    const { rows } = await pool.query<{ oid: string }>(
      'SELECT oid::text FROM pg_database WHERE datname = current_database()',
    );
    await pool.end();
    return rows[0]?.oid ?? '';
  }

  test('passes where every file of the manifest is there and this database is among them', async () => {
    const path = await physical('base', await oidOf());
    expect(await check('--backup', path)).toMatchObject({ status: 'passed' });
    const copy = join(folder, 'changed');
    await cp(path, copy, { recursive: true });
    await rm(join(copy, 'PG_VERSION'));
    expect(seen(await check('--backup', copy))).toContain('PG_VERSION is missing');
    await writeFile(join(copy, 'PG_VERSION'), '18');
    expect(seen(await check('--backup', copy))).toContain('PG_VERSION has 2 bytes in the place of 3');
    await truncate(join(copy, 'backup_manifest'), 90);
    expect(seen(await check('--backup', copy))).toContain('backup_manifest was changed or cut off');
  });

  test('fails where it is of another server', async () => {
    expect(seen(await check('--backup', await physical('other', '1')))).toContain(
      'it does not hold this database',
    );
  });
});

test('a command says whether there is one, by its exit code', async () => {
  expect(await check('--backup-command', 'echo snapshot 4711')).toMatchObject({
    status: 'passed',
    saw: ['the command says that there is a backup', 'snapshot 4711'],
  });
  expect(await check('--backup-command', 'echo no snapshot >&2; exit 3')).toMatchObject({
    status: 'failed',
    saw: ['the command ended with 3', 'no snapshot'],
  });
});
