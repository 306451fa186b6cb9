import { randomBytes } from 'node:crypto';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate, MigrationMismatchError } from '../../src/database/migrate';
import { MIGRATIONS_FOLDER, migrationFiles } from '../../src/database/migration-files';
import { pendingMigrations } from '../../src/database/pending-migrations';
import { createPool } from '../../src/database/pool';
import { readGraphs } from '../../src/database/read-graphs';
import { createEmptyDatabase, query, type EmptyDatabase } from './empty-database';

const FIRST = '000001_tables';

const cleanups: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function emptyDatabase(): Promise<EmptyDatabase> {
  const database = await createEmptyDatabase();
  cleanups.push(() => database.drop());
  return database;
}

/** The migrations in a folder that a test may change. */
async function copiedFolder(added: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await cp(MIGRATIONS_FOLDER, folder, { recursive: true });
  for (const [name, sql] of Object.entries(added)) await writeFile(join(folder, name), sql);
  return folder;
}

const appliedTo = async ({ superuserUrl }: EmptyDatabase) =>
  (await query<{ name: string }>(superuserUrl, 'SELECT name FROM pgmigrations ORDER BY id')).map(
    ({ name }) => name,
  );

const tablesOf = async ({ superuserUrl }: EmptyDatabase) =>
  (
    await query<{ name: string }>(
      superuserUrl,
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`,
    )
  ).map(({ name }) => name);

test('an empty database gets every migration and the built-in graph, and each is told', async () => {
  const database = await emptyDatabase();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const names = (await migrationFiles()).map(({ name }) => name);
  await expect(migrate({ databaseUrl: database.ownerUrl, log })).resolves.toEqual({ applied: names });
  expect(lines).toEqual([
    ...names.map((name) => `Applied migration ${name}`),
    'Registered graph content-intent@1',
  ]);
  expect(await appliedTo(database)).toEqual(names);

  const pool = createPool({ databaseUrl: database.superuserUrl, applicationName: 'test' });
  cleanups.push(() => pool.end());
  expect((await readGraphs(pool)).map(({ name, version }) => [name, version])).toEqual([
    ['content-intent', 1],
  ]);
  await pool.query('SET ROLE intent_engine');
  await expect(pendingMigrations(pool)).resolves.toEqual([]);
});

test('a second run changes nothing and says nothing', async () => {
  const database = await emptyDatabase();
  await migrate({ databaseUrl: database.ownerUrl });
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await expect(migrate({ databaseUrl: database.ownerUrl, log })).resolves.toEqual({ applied: [] });
  expect(lines).toEqual([]);
});

test('of two runs at once one applies and the other waits', async () => {
  const database = await emptyDatabase();
  const runs = await Promise.all([1, 2, 3].map(() => migrate({ databaseUrl: database.ownerUrl })));
  expect(runs.flatMap(({ applied }) => applied)).toEqual((await migrationFiles()).map(({ name }) => name));
});

test('another migration that does not end is not waited for for ever', async () => {
  const database = await emptyDatabase();
  const holder = createPool({ databaseUrl: database.superuserUrl, applicationName: 'test', max: 1 });
  try {
    await holder.query(`SELECT pg_advisory_lock(hashtext('intent-engine: migrate'))`);
    const waiting = migrate({ databaseUrl: database.ownerUrl, turnTimeoutMs: 200 });
    await expect(waiting).rejects.toThrow('Another process migrates this database and has not ended.');
    await holder.query(`SELECT pg_advisory_unlock(hashtext('intent-engine: migrate'))`);
    await expect(migrate({ databaseUrl: database.ownerUrl })).resolves.toBeDefined();
  } finally {
    await holder.end();
  }
});

test('statements of a migration wait 10 s for a lock at most, since others wait behind them', async () => {
  const database = await emptyDatabase();
  await migrate({ databaseUrl: database.ownerUrl });
  const folder = await copiedFolder({
    '000999_settings.sql': `CREATE TABLE shown AS SELECT current_setting('lock_timeout') AS lock_timeout;`,
  });
  await migrate({ databaseUrl: database.ownerUrl, folder });
  expect(await query(database.superuserUrl, 'SELECT * FROM shown')).toEqual([{ lock_timeout: '10s' }]);
});

test('what lies beside the migrations is not run', async () => {
  const database = await emptyDatabase();
  const folder = await copiedFolder({
    'schema.sql': 'SELECT 1 / 0;',
    'notes.md': 'x',
    '2_short.sql': 'SELECT 1 / 0;',
  });
  await expect(migrate({ databaseUrl: database.ownerUrl, folder })).resolves.toEqual({
    applied: (await migrationFiles()).map(({ name }) => name),
  });
});

test('a database without a schema lacks every migration', async () => {
  const database = await emptyDatabase();
  const pool = createPool({ databaseUrl: database.superuserUrl, applicationName: 'test' });
  cleanups.push(() => pool.end());
  await expect(pendingMigrations(pool)).resolves.toEqual((await migrationFiles()).map(({ name }) => name));
});

describe('refused with a message that names the fix', () => {
  let database: EmptyDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await emptyDatabase();
    folder = await copiedFolder({ '000903_later.sql': 'CREATE TABLE later ();' });
    await migrate({ databaseUrl: database.ownerUrl, folder });
  });

  const refused = async (message: string) => {
    const before = await tablesOf(database);
    const error: unknown = await migrate({ databaseUrl: database.ownerUrl, folder }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(MigrationMismatchError);
    expect((error as Error).message).toBe(message);
    expect(await tablesOf(database)).toEqual(before);
  };

  test('a migration that was edited after it was applied', async () => {
    await appendFile(join(folder, '000903_later.sql'), '-- a remark');
    await refused(
      'The migration 000903_later was changed after it was applied. Restore the file, and put the change into a new migration.',
    );
  });

  test('a database that is newer than the code', async () => {
    await rm(join(folder, '000903_later.sql'));
    await refused(
      'The database has the migration 000903_later, which this version does not know. Use the version that applied it, or a newer one.',
    );
  });

  test('a migration that comes before one that is applied', async () => {
    await writeFile(join(folder, '000902_between.sql'), 'CREATE TABLE between_both ();');
    await refused(
      'The migration 000902_between comes before 000903_later, which is applied already. Give it a number after that one.',
    );
  });
});

test('a migration that fails leaves nothing behind, and runs once it is mended', async () => {
  const database = await emptyDatabase();
  const broken = 'CREATE TABLE half (); SELECT 1 / 0;';
  const folder = await copiedFolder({
    '000902_broken.sql': broken,
    '000903_next.sql': 'CREATE TABLE next ();',
  });
  await expect(migrate({ databaseUrl: database.ownerUrl, folder })).rejects.toThrow('division by zero');
  expect(await appliedTo(database)).toEqual((await migrationFiles()).map(({ name }) => name));
  expect(await tablesOf(database)).not.toEqual(expect.arrayContaining(['half']));
  expect(await tablesOf(database)).not.toEqual(expect.arrayContaining(['next']));

  await writeFile(join(folder, '000902_broken.sql'), 'CREATE TABLE half ();');
  await expect(migrate({ databaseUrl: database.ownerUrl, folder })).resolves.toEqual({
    applied: ['000902_broken', '000903_next'],
  });
});

/** A database whose owner grants everything new to a role, as Supabase does to its web roles. */
async function generousDatabase(): Promise<{
  database: EmptyDatabase;
  refusal: (sql: string) => Promise<unknown>;
}> {
  const database = await emptyDatabase();
  const role = `test_web_${randomBytes(4).toString('hex')}`;
  await query(database.superuserUrl, `CREATE ROLE ${role}`);
  cleanups.unshift(() => query(process.env['TEST_POSTGRES_SUPERUSER_URL'] ?? '', `DROP ROLE ${role}`));
  await query(
    database.ownerUrl,
    `ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO ${role};
     ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO ${role};
     ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO ${role}`,
  );
  const refusal = (sql: string) =>
    query(database.superuserUrl, `SET ROLE ${role}; ${sql}`).then(
      () => 'nothing',
      (error: unknown) => (error as { code?: string }).code,
    );
  return { database, refusal };
}

test('a role to whom everything new is granted, as on Supabase, may nothing', async () => {
  const { database, refusal } = await generousDatabase();
  await migrate({ databaseUrl: database.ownerUrl });
  const tables = await tablesOf(database);
  expect(tables.length).toBeGreaterThan(8);
  for (const table of tables) {
    for (const sql of [
      `SELECT FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
      `INSERT INTO ${table} DEFAULT VALUES`,
    ]) {
      expect([sql, await refusal(sql)]).toEqual([sql, '42501']);
    }
  }
  const create = `SELECT intent_create(gen_random_uuid(), gen_random_uuid(), 'run', 'content-intent', 1, NULL, NULL, NULL, now())`;
  for (const sql of [
    create,
    `SELECT nextval('pgmigrations_id_seq')`,
    'SELECT intent_current_organization()',
  ]) {
    expect([sql, await refusal(sql)]).toEqual([sql, '42501']);
  }
});

test('a later migration closes what it makes, and leaves tables of others as they are', async () => {
  const { database, refusal } = await generousDatabase();
  await query(database.ownerUrl, 'CREATE TABLE of_the_app (id int)');
  const later = `
    CREATE TABLE later (id int GENERATED ALWAYS AS IDENTITY, organization_id uuid);
    CREATE FUNCTION later() RETURNS int LANGUAGE sql AS 'SELECT 1';
    GRANT SELECT ON later TO intent_reader;
    SELECT intent_close_privileges();`;
  await migrate({
    databaseUrl: database.ownerUrl,
    folder: await copiedFolder({ '000099_later.sql': later }),
  });
  for (const sql of [
    'SELECT FROM later',
    'TRUNCATE later',
    'SELECT later()',
    `SELECT nextval('later_id_seq')`,
  ]) {
    expect([sql, await refusal(sql)]).toEqual([sql, '42501']);
  }
  expect(await refusal('TRUNCATE of_the_app')).toBe('nothing');

  const asReader = (sql: string) => query(database.superuserUrl, `SET ROLE intent_reader; ${sql}`);
  await expect(asReader('SELECT * FROM later')).resolves.not.toThrow();
  await expect(asReader('SELECT xmin FROM later')).rejects.toMatchObject({ code: '42501' });
});

test('databases that are migrated at once share the roles that all of them want to create', async () => {
  const prefix = `test_${randomBytes(4).toString('hex')}`;
  const superuserUrl = process.env['TEST_POSTGRES_SUPERUSER_URL'] ?? '';
  cleanups.push(() => query(superuserUrl, `DROP ROLE IF EXISTS ${prefix}_engine, ${prefix}_reader`));
  // The server has our roles already, so these migrations create others.
  const folder = await copiedFolder();
  for (const { name } of await migrationFiles()) {
    const path = join(folder, `${name}.sql`);
    const sql = await readFile(path, 'utf8');
    await writeFile(path, sql.replaceAll(/\bintent_(engine|reader)\b/g, `${prefix}_$1`));
  }
  const databases = await Promise.all([1, 2, 3, 4].map(() => emptyDatabase()));
  const runs = await Promise.all(databases.map(({ ownerUrl }) => migrate({ databaseUrl: ownerUrl, folder })));
  expect(runs.map(({ applied }) => applied[0])).toEqual([FIRST, FIRST, FIRST, FIRST]);
  const roles = await query(superuserUrl, 'SELECT FROM pg_roles WHERE rolname LIKE $1', [`${prefix}%`]);
  expect(roles).toHaveLength(2);
});
