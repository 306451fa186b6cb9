import { LOOPBACK } from '../../src/dev/machine/ports';
import type { ShowProgress } from '../../src/dev/progress';
import { prepareTemporalSchema } from '../../src/dev/servers/temporal-schema';
import { findTemporalServerBinaries } from '../../src/dev/servers/temporal-server-binaries';
import { provisionDatabase } from '../../src/dev/stack/provision-database';
import { KillablePostgres } from './killable-postgres';
import { KillableTemporal } from './killable-temporal';
import { SupervisedWorker } from './supervised-worker';
import { TcpRelay } from './tcp-relay';

const WORKERS = 2;

/**
 * What a run of the fault suite works on: two Postgres servers, so that the engine's and Temporal's can fail one
 * without the other; a Temporal server; two workers; and a relay on each way between them.
 */
export interface FaultStack {
  postgres: KillablePostgres;
  temporalPostgres: KillablePostgres;
  temporal: KillableTemporal;
  workers: SupervisedWorker[];
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
}): Promise<FaultStack> {
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
    const postgres = await started(KillablePostgres.start('Postgres'));
    const temporalPostgres = await started(KillablePostgres.start("Temporal's Postgres"));
    const [{ engineUrl }] = await Promise.all([
      provisionDatabase({
        superuserUrl: postgres.superuserUrl,
        ownerPassword: 'owner',
        enginePassword: 'engine',
      }),
      prepareTemporalSchema(binaries.sqlTool, temporalPostgres.superuserUrl),
    ]);
    const temporalToPostgres = await relayTo(temporalPostgres.port);
    const temporal = await started(
      KillableTemporal.start(binaries.server, through(temporalToPostgres, temporalPostgres.superuserUrl)),
    );
    const network = {
      workersToTemporal: await relayTo(temporal.port),
      workersToPostgres: await relayTo(postgres.port),
      appsToTemporal: await relayTo(temporal.port),
      appsToPostgres: await relayTo(postgres.port),
      temporalToPostgres,
    };
    const workers = Array.from(
      { length: WORKERS },
      (_, index) =>
        new SupervisedWorker(`worker ${index + 1}`, [], {
          DATABASE_URL: through(network.workersToPostgres, engineUrl),
          TEMPORAL_ADDRESS: `${LOOPBACK}:${network.workersToTemporal.port}`,
        }),
    );
    for (const worker of workers) stops.push(() => worker.stop());
    await Promise.all(workers.map((worker) => worker.start()));
    return {
      postgres,
      temporalPostgres,
      temporal,
      workers,
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

/** The same URL by way of a relay. */
function through(relay: TcpRelay, url: string): string {
  return Object.assign(new URL(url), { port: String(relay.port) }).href;
}
