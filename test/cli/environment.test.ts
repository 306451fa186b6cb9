import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tryLock } from '../../src/dev/machine/lock-file';
import { stackLock, writeStackEnvironment } from '../../src/dev/stack/stack-environment';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { capturedRun } from './captured-run';

const checkout = process.cwd();
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase('cli environment');
  folder = mkdtempSync(join(tmpdir(), 'intent-cli-'));
  process.chdir(folder);
});

afterAll(async () => {
  process.chdir(checkout);
  rmSync(folder, { recursive: true });
  await database.drop();
});

test('with nothing in the environment the local stack of the folder is used, while it runs, and named', async () => {
  const without = await capturedRun(['graph', 'list']);
  expect(without.exitCode).toBe(1);
  expect(without.stderr).toMatch(/^error: DATABASE_URL is not set: .*npm start\.\n$/);

  mkdirSync('.data');
  const lock = tryLock(stackLock('.data'));
  writeStackEnvironment(
    '.data',
    {
      DATABASE_URL: database.engineUrl,
      OWNER_DATABASE_URL: database.ownerUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
    },
    [],
  );
  const running = await capturedRun(['graph', 'list']);
  expect(running.stderr).toBe('Using the local stack of .data/stack.env (Temporal 127.0.0.1:7233).\n');
  expect(running.stdout).toContain('content-intent@1');
  expect((await capturedRun(['migrate'])).exitCode).toBe(0);

  if (lock.acquired) lock.release();
  expect((await capturedRun(['graph', 'list'])).exitCode).toBe(1);
});

test('what the environment names comes first', async () => {
  const { stderr, exitCode } = await capturedRun(['graph', 'list'], { DATABASE_URL: database.engineUrl });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});
