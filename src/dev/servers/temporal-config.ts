import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeLastingPort, LOOPBACK } from '../machine/ports';
import { TEMPORAL_DATABASES } from './temporal-schema';

const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;

/** Each service listens for calls and for the other services' membership. */
export type TemporalPorts = Record<(typeof SERVICES)[number], { grpcPort: number; membershipPort: number }>;

/** Free ports that stay so while the server is down; it stores them as 16 bit integers with a sign. */
export async function freeTemporalPorts(): Promise<TemporalPorts> {
  const ports = await Promise.all(
    SERVICES.map(async (service) => {
      const [grpcPort, membershipPort] = [await freeLastingPort(), await freeLastingPort()];
      return [service, { grpcPort, membershipPort }] as const;
    }),
  );
  return Object.fromEntries(ports) as TemporalPorts;
}

/** Limits that the server applies while it runs; each value may have constraints, which ours don't need. */
const DYNAMIC = {
  // Else a search attribute that was just registered may be unknown for a minute.
  'system.forceSearchAttributesCacheRefreshOnRead': [{ value: true }],
  // The default of 4 is for many workers. With two of them, a workflow task that had lost its worker was seen to wait
  // 100 s for another one.
  'matching.numTaskqueueReadPartitions': [{ value: 1 }],
  'matching.numTaskqueueWritePartitions': [{ value: 1 }],
  // From its fourth attempt on, a workflow task has longer and longer before the server takes its worker for lost: by
  // default up to 10 minutes more than the usual 10 s, in which the intent stands still.
  'history.workflowTaskRetryMaxInterval': [{ value: '1s' }],
};

/**
 * Writes the configuration of one node with all services, on the loopback address, into a folder.
 *
 * @param databaseUrl of the Postgres with the databases of `prepareTemporalSchema`; it holds a password, so only the
 *   files' owner may read them.
 */
export async function writeTemporalConfig(
  folder: string,
  { databaseUrl, ports }: { databaseUrl: string; ports: TemporalPorts },
): Promise<void> {
  const url = new URL(databaseUrl);
  const datastore = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: url.host,
      connectProtocol: 'tcp',
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const dynamicFile = join(folder, 'dynamic.yaml');
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: {
        default: datastore(TEMPORAL_DATABASES.default, 20),
        visibility: datastore(TEMPORAL_DATABASES.visibility, 4),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: LOOPBACK } },
    services: Object.fromEntries(
      SERVICES.map((service) => [service, { rpc: { ...ports[service], bindOnLocalHost: true } }]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${LOOPBACK}:${ports.frontend.grpcPort}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicFile, pollInterval: '60s' },
  };
  await mkdir(folder, { recursive: true });
  // JSON is YAML, and leaves nothing to quote.
  await writeFile(dynamicFile, JSON.stringify(DYNAMIC, null, 2), { mode: 0o600 });
  await writeFile(join(folder, 'development.yaml'), JSON.stringify(config, null, 2), { mode: 0o600 });
}
