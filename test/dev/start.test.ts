import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertListening, freePort } from '../../src/dev/machine/ports';
import { runTypeScript } from './run-typescript';

const START = 'src/dev/start.ts';
let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-test-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('npm start brings up a worker, tells where things are without a password, and stops cleanly', async () => {
  const port = await freePort();
  const started = runTypeScript(START, ['--json', '--data-dir', dataDir, '--postgres-port', String(port)], {
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
    TEMPORAL_CONFIG_FILE: undefined,
  });
  const json = await started.line(/^\{/);
  expect(JSON.parse(json)).toMatchObject({
    pid: started.child.pid,
    temporalAddress: process.env.TEST_TEMPORAL_ADDRESS,
    postgres: `127.0.0.1:${port}`,
    envFile: join(dataDir, 'stack.env'),
  });
  expect(started.lines).toContain('worker | Workflow graph validation: true');
  const [, password = 'none'] =
    /intent_engine:(\w+)@/.exec(readFileSync(join(dataDir, 'stack.env'), 'utf8')) ?? [];
  expect(started.lines.join('\n')).not.toContain(password);

  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect(started.lines.slice(-2)).toEqual(['worker | Worker drained', 'Stopped.']);
  expect(existsSync(join(dataDir, 'stack.env'))).toBe(false);
});

test('it stops what it started also when its terminal is gone', async () => {
  const port = await freePort();
  const started = runTypeScript(START, ['--data-dir', dataDir, '--postgres-port', String(port)], {
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
    TEMPORAL_CONFIG_FILE: undefined,
  });
  await started.line(/^Ready/);
  await assertListening(port);
  started.child.stdout.destroy();
  started.child.stderr.destroy();
  started.child.kill('SIGHUP');
  expect(await started.ended).toBe(0);
  await expect(assertListening(port)).rejects.toThrow('ECONNREFUSED');
  expect(existsSync(join(dataDir, 'stack.env'))).toBe(false);
});

test('a taken port ends it with code 1 before anything is started', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const started = runTypeScript(START, ['--data-dir', dataDir], {
    INTENT_POSTGRES_PORT: String(port),
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
  });
  expect(await started.ended).toBe(1);
  expect(started.lines.join('\n')).toContain(`Port ${port} (Postgres) is taken`);
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  listener.close();
});

test('something that is not a port is refused with the option that it was given to', async () => {
  const started = runTypeScript(START, ['--ui-port', '70000']);
  expect(await started.ended).toBe(2);
  expect(started.lines[0]).toBe(
    "error: option '--ui-port <port>' argument '70000' is invalid. Not a port (1 to 65535).",
  );
});
