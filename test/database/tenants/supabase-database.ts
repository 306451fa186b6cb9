import { randomBytes } from 'node:crypto';

import type { Pool } from 'pg';

import { migrate } from '../../../src/database/migrate';
import { createPool } from '../../../src/database/pool';
import { ENGINE_ROLE, urlAs } from '../../../src/dev/stack/provision-database';
import { dropDatabase } from '../../setup/database';
import { query } from '../empty-database';

/** What Supabase calls `postgres`; the superuser of the test server has that name already. */
const OWNER = 'test_supabase_postgres';

/** Roles belong to the whole server, so they are made if they are missing, and stay. */
const ROLES: Record<string, string> = {
  anon: 'NOLOGIN',
  authenticated: 'NOLOGIN',
  service_role: 'NOLOGIN BYPASSRLS',
  authenticator: `LOGIN NOINHERIT PASSWORD 'authenticator'`,
  supabase_admin: 'NOLOGIN SUPERUSER',
  [OWNER]: `LOGIN PASSWORD '${OWNER}' CREATEDB CREATEROLE REPLICATION BYPASSRLS`,
};

const OF_CLUSTER = `
DO $$ BEGIN
  ${Object.entries(ROLES)
    .map(
      ([role, attributes]) =>
        `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} ${attributes}; END IF;`,
    )
    .join('\n  ')}
END $$;
GRANT anon, authenticated, service_role TO authenticator;
GRANT anon, authenticated, service_role TO ${OWNER} WITH ADMIN OPTION;
-- Whoever creates a role may grant it. Here another database's owner has created these two.
GRANT intent_engine, intent_reader TO ${OWNER} WITH ADMIN OPTION;`;

/** What the guide grants, by whoever follows it. */
const TAKEN_BACK = 'REVOKE intent_reader FROM authenticated, service_role';

/** As a Supabase project is laid out, as far as it bears on who may what. */
const OF_DATABASE = `
CREATE SCHEMA auth AUTHORIZATION supabase_admin;
CREATE SCHEMA extensions AUTHORIZATION supabase_admin;
GRANT USAGE ON SCHEMA auth, extensions, public TO anon, authenticated, service_role, ${OWNER};

-- The claims of a request: as one JSON object, or, by older versions of PostgREST, each on its own.
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('request.jwt.claim', true), ''),
                  nullif(current_setting('request.jwt.claims', true), ''))::jsonb
$$;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), auth.jwt() ->> 'sub')::uuid
$$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('request.jwt.claim.role', true), ''), auth.jwt() ->> 'role')
$$;
CREATE TABLE auth.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text UNIQUE,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb
);
GRANT ALL ON auth.users TO ${OWNER};

${[OWNER, 'supabase_admin']
  .flatMap((creator) =>
    ['TABLES', 'FUNCTIONS', 'SEQUENCES'].map(
      (kind) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${creator} IN SCHEMA public GRANT ALL ON ${kind} TO ${OWNER}, anon, authenticated, service_role;`,
    ),
  )
  .join('\n')}
CREATE PUBLICATION supabase_realtime;`;

export interface SupabaseDatabase {
  /** As `postgres` on Supabase: owns the tables, runs the migrations, is no superuser. */
  owner: Pool;
  /** As PostgREST connects; each request then switches to a role. */
  authenticator: Pool;
  engine: Pool;
  superuser: Pool;
}

/** A migrated database that is laid out like Supabase, for the tests of a file; gone after them. */
export function useSupabaseDatabase(): SupabaseDatabase {
  const pools = {} as SupabaseDatabase;
  const cluster = process.env['TEST_POSTGRES_SUPERUSER_URL'] ?? '';
  const name = `test_supabase_${randomBytes(6).toString('hex')}`;
  beforeAll(async () => {
    await query(cluster, OF_CLUSTER);
    await query(urlAs(cluster, OWNER, OWNER, 'postgres'), TAKEN_BACK);
    await query(cluster, `CREATE DATABASE ${name} OWNER ${OWNER}`);
    const superuserUrl = Object.assign(new URL(cluster), { pathname: `/${name}` }).href;
    await query(superuserUrl, OF_DATABASE);
    const urls: Record<keyof SupabaseDatabase, string> = {
      owner: urlAs(cluster, OWNER, OWNER, name),
      authenticator: urlAs(cluster, 'authenticator', 'authenticator', name),
      engine: urlAs(cluster, ENGINE_ROLE, process.env['TEST_ENGINE_PASSWORD'] ?? '', name),
      superuser: superuserUrl,
    };
    await migrate({ databaseUrl: urls.owner });
    for (const [role, databaseUrl] of Object.entries(urls)) {
      pools[role as keyof SupabaseDatabase] = createPool({ databaseUrl, applicationName: 'test-supabase' });
    }
  });
  afterAll(async () => {
    await Promise.all(Object.values(pools).map((pool) => (pool as Pool).end()));
    await dropDatabase(name);
    await query(urlAs(cluster, OWNER, OWNER, 'postgres'), TAKEN_BACK);
  });
  return pools;
}
