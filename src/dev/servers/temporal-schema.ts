import { Client } from 'pg';
import { runCommand } from '../machine/run-command';

/** What the Temporal server keeps: its workflows, and what lists of them are read from. */
export const TEMPORAL_DATABASES = { default: 'temporal', visibility: 'temporal_visibility' } as const;

const SCHEMAS = {
  [TEMPORAL_DATABASES.default]: 'postgresql/v12/temporal',
  [TEMPORAL_DATABASES.visibility]: 'postgresql/v12/visibility',
} as const;

/**
 * Makes the Temporal server's two databases on a Postgres, or brings them up to date.
 *
 * @param superuserUrl of whoever may create databases, and whom the server connects as.
 * @throws Error with the end of the tool's output.
 */
export async function prepareTemporalSchema(
  sqlTool: string,
  superuserUrl: string,
  signal?: AbortSignal,
): Promise<void> {
  const url = new URL(superuserUrl);
  for (const [database, schema] of Object.entries(SCHEMAS)) {
    await createDatabase(superuserUrl, database);
    const run = (...args: string[]) =>
      runCommand(sqlTool, {
        args,
        // In the environment, since every user of the machine can read a command line.
        env: {
          SQL_PLUGIN: 'postgres12',
          SQL_HOST: url.hostname,
          SQL_PORT: url.port,
          SQL_USER: decodeURIComponent(url.username),
          SQL_PASSWORD: decodeURIComponent(url.password),
          SQL_DATABASE: database,
        },
        signal,
      });
    if (!(await hasSchema(superuserUrl, database))) await run('setup-schema', '-v', '0.0');
    await run('update-schema', '--schema-name', schema);
  }
}

async function createDatabase(superuserUrl: string, database: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  });
}

async function hasSchema(superuserUrl: string, database: string): Promise<boolean> {
  const url = Object.assign(new URL(superuserUrl), { pathname: `/${database}` }).href;
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ found: boolean }>(
      "SELECT to_regclass('schema_version') IS NOT NULL AS found",
    );
    return rows[0]?.found === true;
  });
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
