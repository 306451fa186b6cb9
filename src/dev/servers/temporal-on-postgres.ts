import { resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { INTENT_STATE_SEARCH_ATTRIBUTE } from '../../intent/names';
import { assertListening, LOOPBACK } from '../machine/ports';
import { awaitAnswer, spawnServer, type ServerProcess } from './server-process';
import { freeTemporalPorts, writeTemporalConfig, type TemporalPorts } from './temporal-config';

export interface TemporalOnPostgresOptions {
  /** Path of the server, from `findTemporalServerBinaries`. */
  server: string;
  /** The Postgres that `prepareTemporalSchema` made ready. Holds the password: not for printing. */
  databaseUrl: string;
  /** Receives the configuration. */
  configFolder: string;
  /** Receives the server's log. */
  logFile: string;
  /** Default: free ones. Given by whoever starts it again where its clients expect it. */
  ports?: TemporalPorts;
  /** How long Temporal keeps what has ended; default: 7 days. */
  retentionDays?: number;
  onSpawn?: ((pid: number) => void) | undefined;
  /** Until it must answer; default: 60,000. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

export interface TemporalOnPostgres {
  /** `host:port` of the gRPC frontend. */
  address: string;
  ports: TemporalPorts;
  pid: number;
  stop: ServerProcess['stop'];
  exited: ServerProcess['exited'];
}

const NAMESPACE = 'default';
const KEYWORD = 2;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/**
 * Starts a Temporal server on Postgres, as in production but with all services in one process, and resolves once it
 * serves the namespace `default`, with the engine's search attribute. It may be killed at any moment and started
 * again on the same database.
 *
 * @throws Error with the end of the server's log when it does not come up in time.
 * @example
 * const { server, sqlTool } = await findTemporalServerBinaries();
 * await prepareTemporalSchema(sqlTool, postgres.superuserUrl);
 * const temporal = await startTemporalOnPostgres({
 *   server, databaseUrl: postgres.superuserUrl, configFolder: 'temporal', logFile: 'temporal.log',
 * });
 */
export async function startTemporalOnPostgres(
  options: TemporalOnPostgresOptions,
): Promise<TemporalOnPostgres> {
  const { databaseUrl, configFolder, logFile, retentionDays = 7, timeoutMs = 60_000, signal } = options;
  const ports = options.ports ?? (await freeTemporalPorts());
  await writeTemporalConfig(configFolder, { databaseUrl, ports });
  const server = await spawnServer({
    command: options.server,
    args: [
      '--root',
      '/',
      '--config',
      resolve(configFolder),
      '--env',
      'development',
      '--allow-no-auth',
      'start',
    ],
    env: { PATH: process.env.PATH },
    logFile,
    onSpawn: options.onSpawn,
  });
  const address = `${LOOPBACK}:${ports.frontend.grpcPort}`;
  await awaitAnswer(
    'The Temporal server on Postgres',
    server,
    () => makeReady(ports.frontend.grpcPort, retentionDays),
    { timeoutMs, signal },
  );
  return {
    address,
    ports,
    pid: server.pid,
    stop: (how) => server.stop(how),
    exited: server.exited,
  };
}

/** Registers what the engine needs, unless it is there, and asks each of the services something. */
async function makeReady(port: number, retentionDays: number): Promise<void> {
  // First by plain TCP: a gRPC connection that is refused once waits a second before it tries again.
  await assertListening(port);
  const connection = await Connection.connect({ address: `${LOOPBACK}:${port}`, connectTimeout: 5000 });
  const { workflowService, operatorService } = connection;
  try {
    await connection.withDeadline(Date.now() + 10_000, async () => {
      await allowing(ALREADY_EXISTS, () =>
        workflowService.registerNamespace({
          namespace: NAMESPACE,
          workflowExecutionRetentionPeriod: msToTs(retentionDays * 24 * 3_600_000),
        }),
      );
      await allowing(ALREADY_EXISTS, () =>
        operatorService.addSearchAttributes({
          namespace: NAMESPACE,
          searchAttributes: { [INTENT_STATE_SEARCH_ATTRIBUTE]: KEYWORD },
        }),
      );
      // Answered by the service that holds workflows, which has to have joined and to own its shards by then.
      await allowing(NOT_FOUND, () =>
        workflowService.describeWorkflowExecution({
          namespace: NAMESPACE,
          execution: { workflowId: 'nobody' },
        }),
      );
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace: NAMESPACE });
      if (!customAttributes || !(INTENT_STATE_SEARCH_ATTRIBUTE in customAttributes)) {
        throw new Error(`search attribute ${INTENT_STATE_SEARCH_ATTRIBUTE} is not registered yet`);
      }
    });
  } finally {
    await connection.close();
  }
}

/** Takes one gRPC status for an answer like any other. */
async function allowing(code: number, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if ((error as { code?: number }).code !== code) throw error;
  }
}
