import { join } from 'node:path';

import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { LOOPBACK } from '../../src/dev/machine/ports';
import type { ShowProgress } from '../../src/dev/progress';
import { prepareTemporalSchema } from '../../src/dev/servers/temporal-schema';
import { findTemporalServerBinaries } from '../../src/dev/servers/temporal-server-binaries';
import { provisionDatabase } from '../../src/dev/stack/provision-database';
import { startProcess, startWorkerProcess } from '../setup/worker-process';
import { APP_TASK_QUEUE, DRIVEN_GRAPHS, partGraph } from './driven/graphs';
import { KillablePostgres } from './killable-postgres';
import { KillableTemporal } from './killable-temporal';
import { SupervisedWorker } from './supervised-worker';
import { TcpRelay } from './tcp-relay';

const WORKERS = 2;
const DIE_AFTER_COMMIT = join(__dirname, 'die-after-commit.js');
const APP_WORKER = join(__dirname, 'driven', 'app-worker.ts');

/**
 * What a run of the fault suite works on: two Postgres servers, so that the engine's and Temporal's can fail one
 * without the other; a Temporal server; two workers; and a relay on each way between them.
 */
export interface FaultStack {
  postgres: KillablePostgres;
  temporalPostgres: KillablePostgres;
  temporal: KillableTemporal;
  workers: SupervisedWorker[];
  appWorker: SupervisedWorker;
  network: {
    workersToTemporal: TcpRelay;
    workersToPostgres: TcpRelay;
    appsToTemporal: TcpRelay;
    appsToPostgres: TcpRelay;
    temporalToPostgres: TcpRelay;
  };
  /** What the apps are given: addresses of relays. */
  apps: { databaseUrl: string; temporalAddress: string };
  /** Past all relays, for whoever checks: as the engine's role. */
  databaseUrl: string;
  stop(): Promise<void>;
}

/** Starts all of it. What has been started is stopped again when something fails. */
export async function startFaultStack(options: {
  log: (line: string) => void;
  progress: ShowProgress;
  signal?: AbortSignal;
}): Promise<FaultStack> {
  const { signal } = options;
  const binaries = await findTemporalServerBinaries(options);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    stops.push(() => server.stop());
    return server;
  };
  const relayTo = async (port: number): Promise<TcpRelay> => {
    const relay = await TcpRelay.to(port);
    stops.push(() => relay.close());
    return relay;
  };
  try {
    const postgres = await started(KillablePostgres.start('Postgres', signal));
    const temporalPostgres = await started(KillablePostgres.start("Temporal's Postgres", signal));
    const [{ ownerUrl, engineUrl }] = await Promise.all([
      provisionDatabase({
        superuserUrl: postgres.superuserUrl,
        ownerPassword: 'owner',
        enginePassword: 'engine',
        gatewayPassword: 'gateway',
      }),
      prepareTemporalSchema(binaries.sqlTool, temporalPostgres.superuserUrl, signal),
    ]);
    await registerDrivenGraphs(ownerUrl);
    const temporalToPostgres = await relayTo(temporalPostgres.port);
    const temporal = await started(
      KillableTemporal.start(
        binaries.server,
        through(temporalToPostgres, temporalPostgres.superuserUrl),
        signal,
      ),
    );
    const network = {
      workersToTemporal: await relayTo(temporal.port),
      workersToPostgres: await relayTo(postgres.port),
      appsToTemporal: await relayTo(temporal.port),
      appsToPostgres: await relayTo(postgres.port),
      temporalToPostgres,
    };
    const temporalOfWorkers = { TEMPORAL_ADDRESS: `${LOOPBACK}:${network.workersToTemporal.port}` };
    const env = { ...temporalOfWorkers, DATABASE_URL: through(network.workersToPostgres, engineUrl) };
    const workers = Array.from(
      { length: WORKERS },
      (_, index) =>
        new SupervisedWorker(`worker ${index + 1}`, () =>
          startWorkerProcess([], env, ['--require', DIE_AFTER_COMMIT]),
        ),
    );
    const appWorker = new SupervisedWorker('the app worker', () =>
      startProcess(['--import', 'jiti/register', APP_WORKER], {
        ...temporalOfWorkers,
        TASK_QUEUE: APP_TASK_QUEUE,
      }),
    );
    for (const worker of [...workers, appWorker]) stops.push(() => worker.stop());
    await Promise.all([...workers, appWorker].map((worker) => worker.start()));
    return {
      postgres,
      temporalPostgres,
      temporal,
      workers,
      appWorker,
      network,
      apps: {
        databaseUrl: through(network.appsToPostgres, engineUrl),
        temporalAddress: `${LOOPBACK}:${network.appsToTemporal.port}`,
      },
      databaseUrl: engineUrl,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function registerDrivenGraphs(databaseUrl: string): Promise<void> {
  const owner = createPool({ databaseUrl, applicationName: 'fault suite', max: 1 });
  try {
    for (const graph of [partGraph, ...Object.values(DRIVEN_GRAPHS)]) await registerGraph(owner, graph);
  } finally {
    await owner.end();
  }
}

/** The same URL by way of a relay. */
function through(relay: TcpRelay, url: string): string {
  return Object.assign(new URL(url), { port: String(relay.port) }).href;
}
