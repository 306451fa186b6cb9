import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { ENGINE_ROLE, GATEWAY_ROLE, OWNER_ROLE, urlAs } from '../../src/dev/stack/provision-database';

/** Any number, the same in every process: clones of the template take turns. */
const TEMPLATE_LOCK = 4_210_001;

export interface TestDatabase {
  name: string;
  /** As the role that runs migrations and repairs. */
  ownerUrl: string;
  /** As the role of workers and clients. */
  engineUrl: string;
  /** As the gateway's role. */
  gatewayUrl: string;
  superuserUrl: string;
  drop(): Promise<void>;
}

/**
 * A migrated database of its own for a test file, cloned from the template (some 50 ms).
 *
 * @param name of the test, for whoever looks at the server; a random part is added.
 * @example
 * const database = await createTestDatabase('record-outcomes');
 * afterAll(() => database.drop());
 */
export async function createTestDatabase(name: string): Promise<TestDatabase> {
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  const database = `test_${readable}_${randomBytes(4).toString('hex')}`;
  await withTemplateLock((admin) =>
    admin.query(
      `CREATE DATABASE ${admin.escapeIdentifier(database)} TEMPLATE ${admin.escapeIdentifier(templateDatabase())}` +
        ` OWNER ${admin.escapeIdentifier(OWNER_ROLE)}`,
    ),
  );
  const url = superuserUrl();
  return {
    name: database,
    ownerUrl: urlAs(url, OWNER_ROLE, fromEnvironment('TEST_OWNER_PASSWORD'), database),
    engineUrl: urlAs(url, ENGINE_ROLE, fromEnvironment('TEST_ENGINE_PASSWORD'), database),
    gatewayUrl: urlAs(url, GATEWAY_ROLE, fromEnvironment('TEST_GATEWAY_PASSWORD'), database),
    superuserUrl: Object.assign(new URL(url), { pathname: `/${database}` }).href,
    drop: () => dropDatabase(database),
  };
}

/** Runs `work` while no other process clones or makes the template. */
export async function withTemplateLock<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: superuserUrl() });
  await admin.connect();
  try {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Named for the run, since several runs may share an existing server. */
export function templateDatabase(): string {
  return fromEnvironment('TEST_TEMPLATE_DATABASE');
}

/** Drops a database even while something is still connected to it. */
export async function dropDatabase(database: string): Promise<void> {
  const admin = new Client({ connectionString: superuserUrl() });
  await admin.connect();
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${admin.escapeIdentifier(database)} WITH (FORCE)`);
  } finally {
    await admin.end();
  }
}

function superuserUrl(): string {
  return fromEnvironment('TEST_POSTGRES_SUPERUSER_URL');
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the global setup of the tests sets it.`);
  return value;
}
