import { Connection } from '@temporalio/client';
import { INTENT_STATE_SEARCH_ATTRIBUTE } from '../../intent/names';
import { assertListening, freePort, LOOPBACK } from '../machine/ports';
import { awaitAnswer, spawnServer, type ServerProcess } from './server-process';

export interface TemporalDevServerOptions {
  /** Path of the Temporal CLI, from `findTemporalCli`. */
  cli: string;
  /** Receives the server's log. */
  logFile: string;
  /** Default: `127.0.0.1`. */
  ip?: string;
  /** Default: a free one. */
  port?: number;
  /** Default: `port` + 1000, or a free one if `port` is not given either. */
  uiPort?: number;
  /** Leaves the Web UI out. */
  headless?: boolean;
  /** SQLite file that outlives the server. Default: everything is kept in memory. */
  dbFilename?: string | undefined;
  /** Created at start. Default: `default`. */
  namespace?: string;
  /** More search attributes than the engine's own, for example `{ Region: 'Keyword' }`. */
  searchAttributes?: Record<string, string>;
  onSpawn?: ((pid: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface TemporalDevServer {
  /** `host:port` of the gRPC frontend. */
  address: string;
  /** Address of the Web UI; undefined when headless. */
  uiUrl: string | undefined;
  pid: number;
  stop(): Promise<void>;
  exited: ServerProcess['exited'];
}

/**
 * Starts `temporal server start-dev` and resolves once it answers over gRPC and knows the search attributes.
 *
 * @throws Error with the end of the server's log when it does not come up within 60 s.
 * @example
 * const temporal = await startTemporalDevServer({ cli: await findTemporalCli(), logFile: 'temporal.log', headless: true });
 * const connection = await Connection.connect({ address: temporal.address });
 */
export async function startTemporalDevServer(options: TemporalDevServerOptions): Promise<TemporalDevServer> {
  const { cli, logFile, ip = LOOPBACK, headless = false, dbFilename, namespace = 'default' } = options;
  const port = options.port ?? (await freePort());
  const uiPort = options.uiPort ?? (options.port === undefined ? await freePort() : options.port + 1000);
  const searchAttributes = { [INTENT_STATE_SEARCH_ATTRIBUTE]: 'Keyword', ...options.searchAttributes };
  const server = await spawnServer({
    command: cli,
    args: [
      'server',
      'start-dev',
      `--ip=${ip}`,
      `--port=${port}`,
      ...(headless ? ['--headless'] : [`--ui-port=${uiPort}`]),
      `--namespace=${namespace}`,
      ...(dbFilename === undefined ? [] : [`--db-filename=${dbFilename}`]),
      ...Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
      // The default of 20 a second on the dev server's one shard makes a regular activity take 101 ms instead of 31.
      '--dynamic-config-value=history.transferProcessorMaxPollRPS=1000',
      // With the default of 30 s, what is deleted stays for half a minute.
      '--dynamic-config-value=history.transferProcessorUpdateAckInterval="1s"',
      '--log-level=warn',
    ],
    env: withoutTemporalVariables(process.env),
    logFile,
    onSpawn: options.onSpawn,
  });
  const address = `${ip}:${port}`;
  await awaitAnswer(
    'The Temporal dev server',
    server,
    () => assertServes(port, ip, namespace, searchAttributes),
    {
      timeoutMs: 60_000,
      signal: options.signal,
    },
  );
  return {
    address,
    uiUrl: headless ? undefined : `http://${ip}:${uiPort}`,
    pid: server.pid,
    // It takes 1.5 s to end by itself, for the sake of a file that it doesn't have when all is in memory.
    stop: () => server.stop({ signal: dbFilename === undefined ? 'SIGKILL' : 'SIGTERM' }),
    exited: server.exited,
  };
}

async function assertServes(
  port: number,
  host: string,
  namespace: string,
  searchAttributes: Record<string, string>,
): Promise<void> {
  // First by plain TCP: a gRPC connection that is refused once waits a second before it tries again.
  await assertListening(port, host);
  const connection = await Connection.connect({ address: `${host}:${port}`, connectTimeout: 5000 });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.keys(searchAttributes).filter((name) => !(name in (customAttributes ?? {})));
    if (missing.length > 0) throw new Error(`search attribute ${missing.join(', ')} is not registered yet`);
  } finally {
    await connection.close();
  }
}

/** The command line also reads TEMPORAL_ADDRESS and its like, meant for clients. */
function withoutTemporalVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
