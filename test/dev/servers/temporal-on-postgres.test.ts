import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';

import { makeTemporaryFolder, type TemporaryFolder } from '../../../src/dev/machine/temporary-folder';
import { startPostgres, type Postgres } from '../../../src/dev/servers/postgres';
import { startTemporalOnPostgres } from '../../../src/dev/servers/temporal-on-postgres';
import { prepareTemporalSchema } from '../../../src/dev/servers/temporal-schema';
import { findTemporalServerBinaries } from '../../../src/dev/servers/temporal-server-binaries';
import { recordProcess } from '../../../src/dev/stack/recorded-processes';

let folder: TemporaryFolder;
let postgres: Postgres;

beforeAll(async () => {
  // A first build takes minutes.
  await findTemporalServerBinaries({ log: console.error });
  folder = await makeTemporaryFolder();
  postgres = await startPostgres({
    dataDir: join(folder.path, 'postgres'),
    onSpawn: (pid) => recordProcess(folder.path, 'postgres', pid),
  });
}, 900_000);
afterAll(async () => {
  await postgres.stop('immediate');
  folder.remove();
});

/** By a connection of its own, since the server goes away. */
async function ask<T>(address: string, question: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await question(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

test('a Temporal server on Postgres that was killed comes back with its workflows', async () => {
  const { server, sqlTool } = await findTemporalServerBinaries();
  await prepareTemporalSchema(sqlTool, postgres.superuserUrl);
  const options = {
    server,
    databaseUrl: postgres.superuserUrl,
    configFolder: join(folder.path, 'config'),
    logFile: join(folder.path, 'temporal.log'),
    onSpawn: (pid: number) => recordProcess(folder.path, 'temporal', pid),
  };
  const first = await startTemporalOnPostgres(options);
  const workflowId = randomUUID();
  const started = await ask(first.address, (client) =>
    client.workflow.start('nobodyRunsThis', { workflowId, taskQueue: 'none' }),
  );
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toMatchObject({ signal: 'SIGKILL' });

  // Preparing what is prepared already changes nothing.
  await prepareTemporalSchema(sqlTool, postgres.superuserUrl);
  const second = await startTemporalOnPostgres({ ...options, ports: first.ports });
  const described = await ask(second.address, (client) => client.workflow.getHandle(workflowId).describe());
  expect(described).toMatchObject({ runId: started.firstExecutionRunId, status: { name: 'RUNNING' } });
  await second.stop();
});

test('a server that cannot reach its Postgres says so, with the end of its log', async () => {
  const { server } = await findTemporalServerBinaries();
  const nowhere = startTemporalOnPostgres({
    server,
    databaseUrl: 'postgres://nobody:nothing@127.0.0.1:1/postgres',
    configFolder: join(folder.path, 'nowhere'),
    logFile: join(folder.path, 'nowhere.log'),
  });
  await expect(nowhere).rejects.toThrow(
    /^The Temporal server on Postgres ended with code 1 .*no usable database connection/s,
  );
});
