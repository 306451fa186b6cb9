import { copyFileSync, existsSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { startPostgres, type Postgres } from '../../src/dev/servers/postgres';
import { findTemporalCli } from '../../src/dev/servers/temporal-cli';
import { startTemporalDevServer, type TemporalDevServer } from '../../src/dev/servers/temporal-server';
import { provisionDatabase, urlAs } from '../../src/dev/stack/provision-database';
import { recordProcess } from '../../src/dev/stack/recorded-processes';
import { startProgram, type ProgramProcess } from '../../src/dev/stack/program-process';
import { takeBaseBackup } from './base-backup';

/** Servers of a drill's own: each can be backed up and replaced by its backup, at the same address. */
export interface DrillServers {
  /** For the command line, as `stack.env` has it. */
  env: NodeJS.ProcessEnv;
  temporal: Client;
  intents: IntentClient;
  /** As the engine's role. */
  pool: Pool;
  backUpPostgres(meanwhile: () => Promise<void>): Promise<void>;
  /** Stops Postgres, and starts it on the backup. What it held is kept, for {@link readLost}. */
  restorePostgres(): Promise<void>;
  /** Runs `read` on what Postgres held when it was stopped for the restore. */
  readLost<T>(read: (pool: Pool) => Promise<T>): Promise<T>;
  backUpTemporal(): Promise<void>;
  restoreTemporal(): Promise<void>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** Starts Postgres, and Temporal with a file; the workers are the compiled program's. */
export async function startDrillServers(): Promise<DrillServers> {
  const folder = await makeTemporaryFolder();
  const dataDir = join(folder.path, 'postgres');
  const temporalFile = join(folder.path, 'temporal.db');
  const passwords = { ownerPassword: 'owner', enginePassword: 'engine', gatewayPassword: 'gateway' };
  const cli = await findTemporalCli();

  const runPostgres = (at: string, port?: number) =>
    startPostgres({
      dataDir: at,
      // What a backup needs of the write-ahead log must not be recycled while the backup is made.
      settings: { fsync: 'off', wal_keep_size: '1GB' },
      ...(port !== undefined && { port }),
      onSpawn: (pid) => recordProcess(folder.path, 'postgres', pid),
    });
  const runTemporal = (port?: number) =>
    startTemporalDevServer({
      cli,
      logFile: join(folder.path, 'temporal.log'),
      headless: true,
      dbFilename: temporalFile,
      ...(port !== undefined && { port }),
      onSpawn: (pid) => recordProcess(folder.path, 'temporal', pid),
    });

  let postgres: Postgres = await runPostgres(dataDir);
  let temporalServer: TemporalDevServer = await runTemporal();
  let worker: ProgramProcess | undefined;
  const data = realpathSync(dataDir);
  const [backup, lost] = [`${data}.backup`, `${data}.lost`];
  const temporalPort = Number(temporalServer.address.split(':').at(-1));

  const { engineUrl, ownerUrl } = await provisionDatabase({
    superuserUrl: postgres.superuserUrl,
    ...passwords,
  });
  const env = {
    DATABASE_URL: engineUrl,
    OWNER_DATABASE_URL: ownerUrl,
    TEMPORAL_ADDRESS: temporalServer.address,
    TEMPORAL_NAMESPACE: 'default',
  };
  const connection = await Connection.connect({ address: temporalServer.address });
  const pool = createPool({ databaseUrl: engineUrl, applicationName: 'drill', max: 4 });
  const intents = await IntentClient.connect({ databaseUrl: engineUrl, temporal: { connection } });

  return {
    env,
    temporal: new Client({ connection }),
    intents,
    pool,
    backUpPostgres: (meanwhile) =>
      takeBaseBackup({ superuserUrl: postgres.superuserUrl, dataFolder: data, into: backup, meanwhile }),
    async restorePostgres() {
      await postgres.stop();
      renameSync(data, lost);
      renameSync(backup, data);
      postgres = await runPostgres(dataDir, postgres.port);
    },
    async readLost(read) {
      copyFileSync(`${dataDir}.password`, `${lost}.password`);
      const server = await runPostgres(lost);
      const url = urlAs(server.superuserUrl, 'intent_engine', passwords.enginePassword, 'intent');
      const lostPool = createPool({ databaseUrl: url, applicationName: 'drill', max: 1 });
      try {
        return await read(lostPool);
      } finally {
        await lostPool.end();
        await server.stop('immediate');
      }
    },
    async backUpTemporal() {
      // The dev server's database is whole only while the server is stopped.
      await temporalServer.stop();
      copyDatabase(temporalFile, `${temporalFile}.backup`);
      temporalServer = await runTemporal(temporalPort);
    },
    async restoreTemporal() {
      await temporalServer.stop();
      copyDatabase(`${temporalFile}.backup`, temporalFile);
      temporalServer = await runTemporal(temporalPort);
    },
    async startWorker() {
      await worker?.stop();
      worker = await startProgram('worker', {
        env: { ...env, PATH: process.env['PATH'] },
        onLine: () => undefined,
        onSpawn: (pid) => recordProcess(folder.path, 'worker', pid),
      });
    },
    async stopWorker() {
      await worker?.stop();
    },
    async close() {
      await worker?.stop();
      await intents.close();
      await Promise.all([pool.end(), connection.close()]);
      await temporalServer.stop();
      await postgres.stop('immediate');
      for (const left of [backup, lost]) rmSync(left, { recursive: true, force: true });
      folder.remove();
    },
  };
}

/** A database of SQLite, with its log where it has one. */
function copyDatabase(from: string, to: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${to}${suffix}`, { force: true });
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}
