import { appendFile, cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { migrationFiles, MIGRATIONS_FOLDER } from '../../src/database/migration-files';
import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { readFrozen } from './frozen-files';
import { compareMigrations } from './migrations';

const { migrations: frozen } = readFrozen();
const [first, second] = frozen.map(({ name }) => name);
const last = frozen.at(-1)?.name;

/** The real migrations, in a folder in which they may be edited. */
let folder: TemporaryFolder;
let files: string;
beforeEach(async () => {
  folder = await makeTemporaryFolder();
  files = join(folder.path, 'migrations');
  await cp(MIGRATIONS_FOLDER, files, { recursive: true });
});
afterEach(() => folder.remove());

const file = (name = '') => join(files, `${name}.sql`);
async function lines(): Promise<string[]> {
  return compareMigrations(frozen, await migrationFiles(files)).map(
    ({ verdict, subject, what }) => `${verdict}: ${subject} ${what}`,
  );
}

test('an edited one is caught, be it by a comment', async () => {
  await appendFile(file(second), '-- one more remark\n');
  expect(await lines()).toEqual([`incompatible: migration ${second} was edited`]);
});

test('a removed one is caught', async () => {
  await rm(file(second));
  expect(await lines()).toEqual([`incompatible: migration ${second} was removed or renamed`]);
});

test('two that changed places are caught', async () => {
  const [one, other] = [`000001_${second?.slice(7)}`, `000002_${first?.slice(7)}`];
  await rename(file(second), file(one));
  await rename(file(first), file(other));
  expect(await lines()).toEqual([
    `incompatible: migration ${first} was removed or renamed`,
    `incompatible: migration ${second} was removed or renamed`,
    `incompatible: migration ${one} comes before ${last}, which databases may have applied`,
    `incompatible: migration ${other} comes before ${last}, which databases may have applied`,
  ]);
});

test('one that was put between is caught, and one at the end has to be frozen', async () => {
  await writeFile(file('000001_zz-late'), 'SELECT 1;');
  await writeFile(file('999999_next'), 'SELECT 1;');
  expect(await lines()).toEqual([
    `incompatible: migration 000001_zz-late comes before ${last}, which databases may have applied`,
    'not-frozen: migration 999999_next is new',
  ]);
});
