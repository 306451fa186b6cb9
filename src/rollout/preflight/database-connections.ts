import { judged, skipped, type Result } from '../check';
import { DATABASE_VARIABLES, type DatabaseRole, type Servers } from '../servers';
import type { PreflightCheck } from './preflight';

interface Login {
  login: string;
  database: string;
  version: string;
  /** Roles that it is, or may become, which stand above all rules. */
  above: string[];
  owns: boolean;
  engine: boolean;
  gateway: boolean;
  reads: boolean;
  there: boolean;
}

const FIX =
  'Give each variable the login of its role: see "Postgres: roles and migrations" in docs/guides/production.md.';

/** A connection as each of the roles, and whether it is the right one. */
export const databaseConnections: readonly PreflightCheck[] = [
  connection('engine', (login) => [
    ...(login.engine ? [] : [`${login.login} is not intent_engine, nor a member of it`]),
    ...(login.owns ? [`${login.login} owns the tables: no rule binds it`] : []),
    ...login.above.map((role) => `${login.login} stands above row level security, by the role ${role}`),
  ]),
  connection('owner', (login) =>
    login.owns || !login.there ? [] : [`${login.login} does not own the engine's tables`],
  ),
  connection('gateway', (login) => [
    ...(login.gateway && login.reads ? [] : [`${login.login} is not intent_gateway, nor a member of it`]),
    ...(login.engine ? [`${login.login} may write as intent_engine`] : []),
    ...(login.owns ? [`${login.login} owns the tables: no rule binds it`] : []),
    ...login.above.map((role) => `${login.login} stands above row level security, by the role ${role}`),
  ]),
];

function connection(role: DatabaseRole, problemsOf: (login: Login) => string[]): PreflightCheck {
  const variable = DATABASE_VARIABLES[role];
  return {
    name: `connection-${role}`,
    title: `Database connection, as the ${role}`,
    step: 'before 3',
    fix: `${variable}: see that this Postgres runs, can be reached from here, and takes this password. ${FIX}`,
    async run({ servers }): Promise<Result> {
      if (role === 'gateway' && !servers.has('gateway'))
        return skipped(`${variable} is not set: there is no gateway`);
      const login = await loginOf(servers, role);
      const { database, version } = login;
      const problems = problemsOf(login);
      const warnings =
        role === 'owner' && login.above.includes(login.login)
          ? [`${login.login} is a superuser or has BYPASSRLS; an owner needs neither`]
          : [];
      return judged(
        problems,
        `${login.login} in ${database}, Postgres ${version}`,
        `${variable}: ${FIX}`,
        warnings,
      );
    },
  };
}

async function loginOf(servers: Servers, role: DatabaseRole): Promise<Login> {
  const { rows } = await servers.pool(role).query<Login>(
    `SELECT session_user::text AS login, current_database()::text AS database,
            current_setting('server_version') AS version,
            ARRAY(SELECT rolname::text FROM pg_roles r
                   WHERE (r.rolsuper OR r.rolbypassrls) AND pg_has_role(session_user, r.oid, 'MEMBER')
                   ORDER BY rolname = session_user DESC, rolname) AS above,
            to_regclass('public.intent_workflows') IS NOT NULL AS there,
            coalesce((SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class
                       WHERE oid = to_regclass('public.intent_workflows')), false) AS owns,
            ${memberOf('intent_engine')} AS engine, ${memberOf('intent_gateway')} AS gateway,
            ${memberOf('intent_reader')} AS reads`,
  );
  return rows[0] as Login;
}

/** False where there is no such role yet. */
function memberOf(role: string): string {
  return `coalesce((SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = '${role}'), false)`;
}
