import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { MIGRATIONS_FOLDER } from '../../src/database/migration-files';
import { dumpSchema } from './dump-schema';
import { useDatabase } from './use-database';

const SCHEMA_FILE = join(MIGRATIONS_FOLDER, 'schema.sql');
const RENEW = 'RENEW_SCHEMA=1 npx jest test/database/schema';

const pools = useDatabase('schema');

test(`migrations/schema.sql is the schema that the migrations make; renew it with: ${RENEW}`, async () => {
  const header = [
    '-- The schema after all migrations, to read and to compare. It is never run: migrations are.',
    `-- A test holds it equal to the database. Renew it with: ${RENEW}`,
  ].join('\n');
  const schema = `${header}\n\n${await dumpSchema(pools.superuser)}`;
  if (process.env['RENEW_SCHEMA'] !== undefined) await writeFile(SCHEMA_FILE, schema);
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(schema);
});
