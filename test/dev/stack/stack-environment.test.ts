import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatEnvironment,
  parseEnvironment,
  readRunningStack,
  stackEnvFile,
  withoutStarted,
  writeStackEnvironment,
} from '../../../src/dev/stack/stack-environment';

const NASTY = `a'b"c $(touch pwned) \`id\` $HOME \\ ; & * é\nsecond line`;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "it's a data folder "));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a shell that reads stack.env gets every value unchanged and runs none of it', () => {
  writeStackEnvironment(dataDir, { DATABASE_URL: NASTY, TEMPORAL_ADDRESS: '127.0.0.1:7233' }, []);
  const printed = execFileSync(
    'sh',
    ['-c', 'set -a; . "$1"; exec printenv DATABASE_URL', 'sh', stackEnvFile(dataDir)],
    { encoding: 'utf8', cwd: dataDir },
  );
  expect(printed).toBe(`${NASTY}\n`);
});

test('what is written can be read back', () => {
  const environment = { PLAIN: 'x', NASTY, EMPTY: '', QUOTES: `''` };
  expect(parseEnvironment(formatEnvironment(environment))).toEqual(environment);
});

test('stack.env holds passwords, so only its owner may read it', () => {
  writeStackEnvironment(dataDir, { DATABASE_URL: 'postgres://a:b@127.0.0.1/c' }, []);
  expect(statSync(stackEnvFile(dataDir)).mode & 0o777).toBe(0o600);
});

test('a file left by a stack that is gone is not taken for a running one', () => {
  writeStackEnvironment(dataDir, { DATABASE_URL: 'postgres://a:b@127.0.0.1/c' }, []);
  expect(readRunningStack(dataDir)).toBeUndefined();
});

test('in a shell that has read stack.env, only what the stack started counts as not given', () => {
  const environment = { DATABASE_URL: 'postgres://started', TEMPORAL_ADDRESS: 'given:7233' };
  writeStackEnvironment(dataDir, environment, ['DATABASE_URL']);
  const shell = parseEnvironment(readFileSync(stackEnvFile(dataDir), 'utf8'));

  expect(withoutStarted(shell)).toEqual({ TEMPORAL_ADDRESS: 'given:7233' });
  // Set by hand afterwards: that one was given.
  expect(withoutStarted({ ...shell, DATABASE_URL: 'postgres://mine' }).DATABASE_URL).toBe('postgres://mine');
});
