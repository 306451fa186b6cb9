import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { MIGRATIONS_FOLDER, migrationFiles } from '../../src/database/migration-files';
import { ACCEPTED } from './accepted';
import { releasedVersions } from './contract';
import { judgeMigration } from './judge-migration';
import type { Problem } from './problem';
import { loadParser } from './statements';

export interface JudgedFile {
  /** From the checkout: `migrations/000013_next.sql`. */
  readonly file: string;
  readonly problems: readonly Problem[];
  /** Why it stands in spite of them. */
  readonly accepted?: string;
}

/** Judges every migration of a folder. */
export async function lintMigrations(folder = MIGRATIONS_FOLDER): Promise<JudgedFile[]> {
  const [names, changelog] = await Promise.all([
    migrationFiles(folder),
    readFile(join(CHECKOUT, 'CHANGELOG.md'), 'utf8'),
    loadParser(),
  ]);
  const released = releasedVersions(changelog);
  return Promise.all(
    names.map(async ({ name }) => {
      const path = join(folder, `${name}.sql`);
      const problems = judgeMigration(await readFile(path, 'utf8'), released);
      const accepted = ACCEPTED[name];
      return { file: relative(CHECKOUT, path), problems, ...(accepted !== undefined && { accepted }) };
    }),
  );
}

/** Those that are refused. */
export function refused(files: readonly JudgedFile[]): JudgedFile[] {
  return files.filter(({ problems, accepted }) => problems.length > 0 && accepted === undefined);
}
