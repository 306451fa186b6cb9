import { Client } from 'pg';
import { freePort, LOOPBACK } from '../machine/ports';
import { findPostgresBinaries } from './postgres-binaries';
import { preparePostgresData, SUPERUSER } from './postgres-data';
import { awaitAnswer, spawnServer, type ServerProcess } from './server-process';
import { unprivilegedUser } from './unprivileged-user';

export interface PostgresOptions {
  /** Folder of the data; made on the first start. Beside it lie `<dataDir>.password` (0600) and `<dataDir>.log`. */
  dataDir: string;
  /** Default: a free one. */
  port?: number;
  log?: (line: string) => void;
  /** Server settings by name, for example `{ fsync: 'off' }`. */
  settings?: Record<string, string>;
  onSpawn?: ((pid: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface Postgres {
  /** Holds the password: not for printing. */
  superuserUrl: string;
  port: number;
  pid: number;
  /** `fast` ends open connections and writes a checkpoint; `immediate` leaves recovery to the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  exited: ServerProcess['exited'];
}

/**
 * Starts the Postgres that npm installed, listening on 127.0.0.1 only, and resolves once it answers a query.
 * As root it runs as `postgres` or `nobody`; what that user can't reach is kept under /var/cache and /var/lib instead.
 *
 * @throws Error with the end of the server's log when it does not come up within 60 s.
 * @example
 * const postgres = await startPostgres({ dataDir: '.data/postgres', port: 54320 });
 * await postgres.stop();
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, log = () => {}, settings = {}, onSpawn, signal } = options;
  const user = unprivilegedUser();
  const binaries = await findPostgresBinaries(user, log);
  const data = await preparePostgresData(dataDir, binaries, user, log, signal);
  const port = options.port ?? (await freePort());
  const allSettings: Record<string, string> = {
    listen_addresses: LOOPBACK,
    port: String(port),
    // Its path would have to be short and writable by whoever runs Postgres; TCP is enough.
    unix_socket_directories: '',
    ...settings,
  };
  const server = await spawnServer({
    command: binaries.postgres,
    args: [
      '-D',
      data.folder,
      ...Object.entries(allSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: withoutPostgresVariables(process.env),
    logFile: `${dataDir}.log`,
    uid: user?.uid,
    gid: user?.gid,
    onSpawn,
  });
  const superuserUrl = `postgres://${SUPERUSER}:${data.superuserPassword}@${LOOPBACK}:${port}/postgres`;
  await awaitAnswer('Postgres', server, () => assertAnswers(superuserUrl), { timeoutMs: 60_000, signal });
  return {
    superuserUrl,
    port,
    pid: server.pid,
    stop: (mode = 'fast') =>
      server.stop({ signal: mode === 'fast' ? 'SIGINT' : 'SIGQUIT', timeoutMs: 30_000 }),
    exited: server.exited,
  };
}

async function assertAnswers(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5000 });
  // An error after the connection would otherwise end our process.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

/** PGDATA, PGPORT and the like belong to whatever else the user runs; messages are to be in English. */
function withoutPostgresVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(PG[A-Z]+|LC_.*|LANG|LANGUAGE)$/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
