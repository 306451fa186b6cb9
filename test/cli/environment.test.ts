import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** A home with a file of profiles. */
function homeWith(profiles: string): NodeJS.ProcessEnv {
  const home = mkdtempSync(join(folder, 'home-'));
  mkdirSync(join(home, '.config', 'intent'), { recursive: true });
  writeFileSync(join(home, '.config', 'intent', 'intent.toml'), profiles, { mode: 0o600 });
  return { HOME: home };
}

const NOWHERE = 'postgres://nobody@127.0.0.1:1/none';

test('a profile says which servers, and the environment comes before it, which is said', async () => {
  const env = homeWith(
    `[profile.here]\ndatabase_url = "${database.engineUrl}"\n[profile.nowhere]\ndatabase_url = "${NOWHERE}"\n`,
  );
  const list = (more: NodeJS.ProcessEnv, ...args: string[]) =>
    capturedRun(['graph', 'list', ...args], { ...env, ...more });
  expect(await list({}, '--profile', 'here')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await list({ INTENT_PROFILE: 'here' })).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await list({ INTENT_PROFILE: 'nowhere' }, '--profile', 'here')).toMatchObject({ exitCode: 0 });
  expect((await list({}, '--profile', 'nowhere')).stderr).toContain('does not answer at 127.0.0.1:1');
  expect(await list({ DATABASE_URL: database.engineUrl }, '--profile', 'nowhere')).toMatchObject({
    exitCode: 0,
    stderr: 'Using the profile nowhere, but what the environment says comes first: DATABASE_URL.\n',
  });
});

test('the profile "default" is used where the environment names no server, before the local stack', async () => {
  const env = homeWith(`[profile.default]\ndatabase_url = "${database.engineUrl}"\n`);
  expect(await capturedRun(['graph', 'list'], env)).toMatchObject({ exitCode: 0, stderr: '' });

  mkdirSync('.data', { recursive: true });
  const lock = tryLock(stackLock('.data'));
  writeStackEnvironment('.data', { DATABASE_URL: NOWHERE, TEMPORAL_ADDRESS: '127.0.0.1:1' }, []);
  const beside = await capturedRun(['graph', 'list'], env);
  expect(beside.stderr).toMatch(/^Using the profile default of .*, not the local stack that runs here\.\n$/);
  expect(beside.exitCode).toBe(0);
  if (lock.acquired) lock.release();

  const wrong = homeWith(`[profile.default]\ndatabase_url = "${NOWHERE}"\n`);
  expect(await capturedRun(['graph', 'list'], { ...wrong, DATABASE_URL: database.engineUrl })).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  const owner = await capturedRun(['migrate'], { ...wrong, OWNER_DATABASE_URL: database.ownerUrl });
  expect(owner).toMatchObject({ exitCode: 0, stderr: '' });
});

test('what the environment names comes first', async () => {
  const { stderr, exitCode } = await capturedRun(['graph', 'list'], { DATABASE_URL: database.engineUrl });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});
