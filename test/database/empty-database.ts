import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

import { OWNER_ROLE, urlAs } from '../../src/dev/stack/provision-database';
import { dropDatabase } from '../setup/database';

export interface EmptyDatabase {
  name: string;
  /** As the role that runs migrations. */
  ownerUrl: string;
  superuserUrl: string;
  drop(): Promise<void>;
}

/** A database without any schema, which the owner's role owns. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const superuserUrl = process.env['TEST_POSTGRES_SUPERUSER_URL'] ?? '';
  const name = `test_empty_${randomBytes(6).toString('hex')}`;
  await query(superuserUrl, `CREATE DATABASE ${name} OWNER ${OWNER_ROLE}`);
  return {
    name,
    ownerUrl: urlAs(superuserUrl, OWNER_ROLE, process.env['TEST_OWNER_PASSWORD'] ?? '', name),
    superuserUrl: Object.assign(new URL(superuserUrl), { pathname: `/${name}` }).href,
    drop: () => dropDatabase(name),
  };
}

/** Runs one query, or several, on a connection of their own. */
export async function query<Row extends object>(
  connectionString: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
