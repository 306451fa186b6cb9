import { Client } from 'pg';
import { migrate } from '../../database/migrate';

/** Runs migrations and repairs: owns the database and may create the other roles. */
export const OWNER_ROLE = 'intent_owner';
/** The worker's and the clients' role. The migrations create it and grant it what it may do. */
export const ENGINE_ROLE = 'intent_engine';
/** The gateway's role. The migrations create it, too. */
export const GATEWAY_ROLE = 'intent_gateway';

export interface ProvisionOptions {
  superuserUrl: string;
  ownerPassword: string;
  enginePassword: string;
  gatewayPassword: string;
  /** Default: `intent`. */
  database?: string;
  log?: (line: string) => void;
}

export interface ProvisionedDatabase {
  /** As {@link OWNER_ROLE}. Holds the password: not for printing. */
  ownerUrl: string;
  /** As {@link ENGINE_ROLE}. Holds the password: not for printing. */
  engineUrl: string;
  /** As {@link GATEWAY_ROLE}. Holds the password: not for printing. */
  gatewayUrl: string;
}

/**
 * Makes an empty Postgres ready for the engine: the owner's role, the database, the migrations, and logins for the
 * roles of engine and gateway. Safe to run again; it then applies new migrations only.
 *
 * @example
 * const { engineUrl } = await provisionDatabase({ superuserUrl: postgres.superuserUrl, ownerPassword, enginePassword });
 */
export async function provisionDatabase(options: ProvisionOptions): Promise<ProvisionedDatabase> {
  const { superuserUrl, ownerPassword, enginePassword, gatewayPassword, database = 'intent', log } = options;
  const admin = new Client({ connectionString: superuserUrl });
  await admin.connect();
  try {
    await createOwner(admin, ownerPassword);
    await createDatabase(admin, database);
    const ownerUrl = urlAs(superuserUrl, OWNER_ROLE, ownerPassword, database);
    await migrate({ databaseUrl: ownerUrl, ...(log ? { log } : {}) });
    await letLogIn(admin, ENGINE_ROLE, enginePassword);
    await letLogIn(admin, GATEWAY_ROLE, gatewayPassword);
    return {
      ownerUrl,
      engineUrl: urlAs(superuserUrl, ENGINE_ROLE, enginePassword, database),
      gatewayUrl: urlAs(superuserUrl, GATEWAY_ROLE, gatewayPassword, database),
    };
  } finally {
    await admin.end();
  }
}

/** The same server and settings with another user and database. */
export function urlAs(url: string, role: string, password: string, database: string): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(role);
  changed.password = encodeURIComponent(password);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

async function createOwner(admin: Client, password: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [OWNER_ROLE]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await admin.query(
    `${verb} ROLE ${admin.escapeIdentifier(OWNER_ROLE)} LOGIN CREATEROLE PASSWORD ${admin.escapeLiteral(password)}`,
  );
}

async function letLogIn(admin: Client, role: string, password: string): Promise<void> {
  await admin.query(
    `ALTER ROLE ${admin.escapeIdentifier(role)} LOGIN PASSWORD ${admin.escapeLiteral(password)}`,
  );
}

async function createDatabase(admin: Client, database: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount !== 0) return;
  await admin.query(
    `CREATE DATABASE ${admin.escapeIdentifier(database)} OWNER ${admin.escapeIdentifier(OWNER_ROLE)}`,
  );
}
