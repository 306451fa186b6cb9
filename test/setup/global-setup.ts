import { join } from 'node:path';
import { startPostgres } from '../../src/dev/servers/postgres';
import {
  ENGINE_ROLE,
  GATEWAY_ROLE,
  OWNER_ROLE,
  provisionDatabase,
} from '../../src/dev/stack/provision-database';
import { terminalProgress } from '../../src/dev/progress';
import { killRecordedProcesses, recordProcess } from '../../src/dev/stack/recorded-processes';
import { findTemporalCli } from '../../src/dev/servers/temporal-cli';
import { startTemporalDevServer } from '../../src/dev/servers/temporal-server';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { findTimeSkippingServer } from '../../src/dev/servers/time-skipping-server';
import { dropDatabase, templateDatabase, withTemplateLock } from './database';
import { testWorkflowBundle } from './workflow-bundle';

declare global {
  var stopTestServers: (() => Promise<void>) | undefined;
}

/**
 * One Postgres and one Temporal dev server for the whole run, unless `TEST_POSTGRES_SUPERUSER_URL` or
 * `TEST_TEMPORAL_ADDRESS` name existing ones. Tests find everything in the environment variables set here.
 */
export default async function globalSetup(): Promise<void> {
  const log = (line: string) => console.error(line);
  const options = { log, progress: terminalProgress() };
  const folder = await makeTemporaryFolder();
  const cleanups: (() => void | Promise<void>)[] = [folder.remove];
  globalThis.stopTestServers = async () => {
    globalThis.stopTestServers = undefined;
    process.off('exit', killAll);
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  // Jest runs no teardown when it is interrupted.
  const killAll = () => {
    killRecordedProcesses(folder.path);
    folder.remove();
  };
  process.once('exit', killAll);
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }

  const database = async () => {
    if (process.env.TEST_POSTGRES_SUPERUSER_URL === undefined) {
      const postgres = await startPostgres({
        dataDir: join(folder.path, 'postgres'),
        log,
        // The data of a test run need not survive a crash of the machine.
        settings: {
          max_connections: '300',
          fsync: 'off',
          synchronous_commit: 'off',
          full_page_writes: 'off',
        },
        onSpawn: (pid) => recordProcess(folder.path, 'postgres', pid),
      });
      cleanups.push(() => postgres.stop('immediate'));
      process.env.TEST_POSTGRES_SUPERUSER_URL = postgres.superuserUrl;
    } else {
      cleanups.push(() => dropDatabase(templateDatabase()));
    }
    process.env.TEST_TEMPLATE_DATABASE = `intent_template_${process.pid}`;
    process.env.TEST_OWNER_PASSWORD ??= OWNER_ROLE;
    process.env.TEST_ENGINE_PASSWORD ??= ENGINE_ROLE;
    process.env.TEST_GATEWAY_PASSWORD ??= GATEWAY_ROLE;
    await withTemplateLock(() =>
      provisionDatabase({
        superuserUrl: process.env.TEST_POSTGRES_SUPERUSER_URL!,
        ownerPassword: process.env.TEST_OWNER_PASSWORD!,
        enginePassword: process.env.TEST_ENGINE_PASSWORD!,
        gatewayPassword: process.env.TEST_GATEWAY_PASSWORD!,
        database: templateDatabase(),
      }),
    );
  };
  const temporal = async () => {
    const cli = await findTemporalCli(options);
    process.env.TEMPORAL_CLI_PATH = cli;
    if (process.env.TEST_TEMPORAL_ADDRESS !== undefined) return;
    const server = await startTemporalDevServer({
      cli,
      headless: true,
      logFile: join(folder.path, 'temporal.log'),
      onSpawn: (pid) => recordProcess(folder.path, 'temporal', pid),
    });
    cleanups.push(() => server.stop());
    process.env.TEST_TEMPORAL_ADDRESS = server.address;
  };
  const timeSkipping = async () => {
    process.env.TEST_TIME_SKIPPING_SERVER = await findTimeSkippingServer(options);
  };
  const bundle = async () => {
    process.env.TEST_WORKFLOW_BUNDLE = await testWorkflowBundle();
  };

  const results = await Promise.allSettled([database(), temporal(), timeSkipping(), bundle()]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await globalThis.stopTestServers();
    throw failed.reason;
  }
}
