import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as Temporal, Connection } from '@temporalio/client';
import { Client } from 'pg';
import { assertPortsFree, freePort } from '../../../src/dev/machine/ports';
import { processIdentity } from '../../../src/dev/machine/process-identity';
import { readRunningStack, startStack, type StackOptions } from '../../../src/dev/stack/stack';
import { readVerifySchedule, setVerifySchedule } from '../../../src/schedule/verify-schedule';
import { runTypeScript } from '../run-typescript';

let dataDir: string;
let options: StackOptions;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'));
  // Passable for the user whom Postgres runs as when we are root.
  chmodSync(folder, 0o711);
  dataDir = join(folder, 'data');
  options = {
    dataDir,
    ports: { postgres: await freePort() },
    postgresSettings: { fsync: 'off' },
    worker: false,
    environment: { TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS },
  };
});

afterEach(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));

test('after its supervisor was killed, the next start stops the orphaned Postgres and keeps its data', async () => {
  const first = runTypeScript('test/dev/stack/hold-stack.ts', [dataDir, String(options.ports!.postgres)]);
  const { pid, env } = JSON.parse(await first.line(/^\{/)) as {
    pid: number;
    env: { OWNER_DATABASE_URL: string };
  };
  await query(env.OWNER_DATABASE_URL, 'CREATE TABLE kept ()');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(processIdentity(pid)).toBeDefined();
  expect(readRunningStack(dataDir)).toBeUndefined();

  const log: string[] = [];
  const second = await startStack({ ...options, log: (line) => log.push(line) });

  expect(processIdentity(pid)).toBeUndefined();
  expect(log).toContain(`Stopping postgres (pid ${pid}), left behind by a start that was killed.`);
  // Same passwords as before the crash, so a terminal that has read stack.env goes on working.
  expect(second.env).toEqual(env);
  expect(readRunningStack(dataDir)).toMatchObject(env);
  await query(env.OWNER_DATABASE_URL, 'SELECT FROM kept');

  await expect(startStack(options)).rejects.toThrow(
    `A stack is already running on ${dataDir} (pid ${process.pid}). Temporal: ${process.env.TEST_TEMPORAL_ADDRESS}`,
  );

  await second.stop();
  expect(readRunningStack(dataDir)).toBeUndefined();
});

test('a temporary stack has servers of its own, reports when one dies, and leaves nothing behind', async () => {
  const stack = await startStack({ temporary: true, headless: true, worker: false });
  expect(stack.env.TEMPORAL_ADDRESS).not.toBe(process.env.TEST_TEMPORAL_ADDRESS);
  const { rows } = await query<{ state: string }>(
    stack.env.DATABASE_URL!,
    'SELECT state FROM intent_workflows',
  );
  expect(rows).toEqual([]);

  const recorded = readFileSync(join(stack.dataDir, 'stack.pids.json'), 'utf8');
  const { postgres } = JSON.parse(recorded) as { postgres: { pid: number } };
  process.kill(postgres.pid, 'SIGQUIT');
  expect(await stack.failed).toMatch(/^Postgres ended with /);

  await stack.stop();
  expect(existsSync(stack.dataDir)).toBe(false);
});

test('a stack with a Temporal of its own schedules verification there, and leaves what somebody has set', async () => {
  const ports = { ...options.ports, temporal: await freePort() };
  const startAndRead = async (work?: (client: Temporal) => Promise<unknown>) => {
    const stack = await startStack({ ...options, ports, headless: true, worker: true, environment: {} });
    const connection = await Connection.connect({ address: stack.env.TEMPORAL_ADDRESS! });
    const temporal = new Temporal({ connection });
    await work?.(temporal);
    const schedule = await readVerifySchedule(temporal);
    await connection.close();
    await stack.stop();
    return schedule;
  };
  expect(await startAndRead()).toMatchObject({ id: 'intent-verify', everySeconds: 900, paused: false });
  await startAndRead((temporal) => setVerifySchedule(temporal, { everySeconds: 3_600 }));
  expect(await startAndRead()).toMatchObject({ everySeconds: 3_600 });
});

test('when one part cannot start, the others are stopped again', async () => {
  const environment = { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` };
  await expect(startStack({ ...options, environment })).rejects.toThrow(
    `TEMPORAL_ADDRESS=${environment.TEMPORAL_ADDRESS} does not answer (ECONNREFUSED). Unset it`,
  );
  await assertPortsFree([{ port: options.ports!.postgres!, purpose: '', flag: '', variable: '' }]);
  expect(existsSync(join(dataDir, 'stack.pids.json'))).toBe(false);
});

async function query<R extends object>(connectionString: string, sql: string) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await client.query<R>(sql);
  } finally {
    await client.end();
  }
}
