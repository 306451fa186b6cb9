import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Beside the compiled code in a package as well as beside the sources in a checkout. */
export const MIGRATIONS_FOLDER = join(__dirname, '..', '..', 'migrations');

/** Anything else in the folder is no migration. */
export const MIGRATION_NAME = /^\d{6}_.*\.sql$/;

export interface MigrationFile {
  /** File name without its ending, as `pgmigrations` holds it. */
  name: string;
  /** SHA-256 of the file, hexadecimal. */
  checksum: string;
}

/** The migrations that this version of the code knows, in their order. */
export async function migrationFiles(folder = MIGRATIONS_FOLDER): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => MIGRATION_NAME.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: name.slice(0, -'.sql'.length),
      checksum: createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex'),
    })),
  );
}
