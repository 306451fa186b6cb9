import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPool } from '../../src/database/pool';
import { contentIntentGraph } from '../../src/graph';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { fromEnvironment } from '../setup/intent-environment';
import { killLeftovers, startWorkerProcess } from '../setup/worker-process';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  [database, folder] = await Promise.all([
    createTestDatabase('start-up'),
    mkdtemp(join(tmpdir(), 'intent-start-up-')),
  ]);
});
afterAll(async () => {
  killLeftovers();
  await Promise.all([database.drop(), rm(folder, { recursive: true })]);
});

function start(args: string[] = [], databaseUrl = database.engineUrl) {
  return startWorkerProcess(['--task-queue', 'start-up', ...args], {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  });
}

async function expectRefusal(worker: ReturnType<typeof start>, ...lines: RegExp[]): Promise<void> {
  expect(await worker.exited).toBe(1);
  const output = worker.output.join('\n');
  for (const line of lines) expect(output).toMatch(line);
  expect(output).not.toMatch(/Worker ready|password|\n {4}at /);
}

test('a worker says that its graphs are valid, polls, and drains when told to stop', async () => {
  const worker = start();
  await worker.sees('Worker ready');
  expect(worker.output[0]).toBe('Workflow graph validation: true');
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(worker.output.at(-1)).toBe('Worker drained');
});

test('a worker refuses to start on an invalid graph, and lists every problem', async () => {
  const path = join(folder, 'broken.json');
  const { CREATED: _created, ...rest } = contentIntentGraph.transitions;
  const transitions = { ...rest, ICP_FAILED: ['NOWHERE'] };
  await writeFile(path, JSON.stringify({ ...contentIntentGraph, transitions }));
  await expectRefusal(
    start(['--graph', path]),
    /Workflow graph validation failed/,
    /UNKNOWN_TARGET.*NOWHERE/,
    /DEAD_END.*CREATED/,
    /UNREACHABLE_STATE/,
  );
});

test('a worker refuses to start on a graph that is not registered, or registered otherwise', async () => {
  const unregistered = join(folder, 'unregistered.json');
  await writeFile(unregistered, JSON.stringify({ ...contentIntentGraph, name: 'another' }));
  await expectRefusal(
    start(['--graph', unregistered]),
    /another@1 is not registered; run: intent graph register/,
  );

  const changed = join(folder, 'changed.json');
  const transitions = {
    ...contentIntentGraph.transitions,
    CREATED: ['ICP_PENDING', 'ICP_PROCESSING', 'CANCELLED'],
  };
  await writeFile(changed, JSON.stringify({ ...contentIntentGraph, transitions }));
  await expectRefusal(start(['--graph', changed]), /registered with another definition; raise its version/);
});

test('a worker refuses to start when the registry was tampered with', async () => {
  const tampered = await createTestDatabase('tampered-registry');
  const superuser = createPool({ databaseUrl: tampered.superuserUrl, applicationName: 'test', max: 1 });
  const client = await superuser.connect();
  await client.query('SET session_replication_role = replica');
  await client.query(`INSERT INTO workflow_graph_edges VALUES ('content-intent', 1, 'CREATED', 'COMPLETED')`);
  client.release(true);
  await superuser.end();
  await expectRefusal(
    start([], tampered.engineUrl),
    /Workflow graph validation failed\n {2}content-intent@1 \(registered\): workflow_graph_edges differs/,
  );
  await tampered.drop();
});

test('a worker refuses to start on a database without the migrations', async () => {
  const empty = new URL(database.superuserUrl);
  empty.pathname = '/postgres';
  await expectRefusal(start([], empty.href), /lacks \d+ migration\(s\): 000001_tables.*intent migrate/);
});

test('a worker whose metrics have no place says so, and does not start', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const taken = `127.0.0.1:${(listener.address() as { port: number }).port}`;
  await expectRefusal(
    start(['--metrics-address', taken]),
    new RegExp(`--metrics-address: metrics can't be served at ${taken} \\(.*in use.*choose another port`),
  );
  listener.close();
  for (const wrong of ['9464', 'localhost:70000', ':9464', 'a b:1']) {
    await expectRefusal(
      start(['--metrics-address', wrong]),
      new RegExp(`--metrics-address: must be HOST:PORT, 127.0.0.1:9464 for example, not "${wrong}"`),
    );
  }
  await expectRefusal(
    start(['--metrics-address', 'no-such-host.invalid:9464']),
    /the host no-such-host.invalid can't be found/,
  );
});

test('a worker without DATABASE_URL, or with an unknown option, says what to set', async () => {
  await expectRefusal(startWorkerProcess([], {}), /DATABASE_URL is not set/);
  await expectRefusal(start(['--grpah', 'x']), /Unknown option '--grpah'/);
});
