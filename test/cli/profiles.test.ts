import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { capturedRun } from './captured-run';

const URL = 'postgres://engine:hidden@db.example.com/intent';

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'intent-home-'));
  file = join(home, '.config', 'intent', 'intent.toml');
});

afterEach(() => rmSync(home, { recursive: true }));

const config = (...args: string[]) => capturedRun(['config', ...args], { HOME: home });

function written(text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
}

test('the file is where the environment says, else in the folder for such files', async () => {
  const path = async (env: NodeJS.ProcessEnv) => (await capturedRun(['config', 'path'], env)).stdout.trim();
  expect(await path({ HOME: home })).toBe(file);
  expect(await path({ HOME: home, XDG_CONFIG_HOME: '/etc/xdg' })).toBe('/etc/xdg/intent/intent.toml');
  expect(await path({ HOME: home, XDG_CONFIG_HOME: 'relative' })).toBe(file);
  expect(await path({ HOME: home, INTENT_CONFIG_FILE: '/srv/intent.toml' })).toBe('/srv/intent.toml');
  expect(await capturedRun(['config', 'path'], {})).toMatchObject({ exitCode: 2, stdout: '' });
});

test('properties are set, shown and deleted, profile by profile', async () => {
  expect(await config('set', '--prop', 'database_url', '--value', URL)).toEqual({
    exitCode: 0,
    stdout: `Set database_url in the profile default of ${file}\n`,
    stderr: '',
  });
  await config('set', '--profile', 'prod', '--prop', 'temporal_profile', '--value', 'cloud');
  expect((await config('list')).stdout).toMatch(/^ prod +\| +\| +\| profile cloud$/m);
  const listed = await config('list', '--json', '--show-secrets');
  expect(JSON.parse(listed.stdout)).toEqual({
    file,
    profiles: { default: { database_url: URL }, prod: { temporal_profile: 'cloud' } },
  });

  expect((await config('delete', '--prop', 'database_url')).exitCode).toBe(0);
  expect(await config('delete', '--prop', 'database_url')).toMatchObject({
    exitCode: 1,
    stderr: 'error: The profile default has no database_url.\n',
  });
  expect((await config('delete-profile')).exitCode).toBe(2);
  expect((await config('delete-profile', '--profile', 'default')).exitCode).toBe(0);
  expect(JSON.parse((await config('get', '--profile', 'prod', '--json')).stdout)).toEqual({
    temporal_profile: 'cloud',
  });
  expect((await config('get')).stderr).toBe(
    `error: --profile: there is no profile default in ${file}. It has: prod\n`,
  );
});

test('a profile is named by the option, else by the environment', async () => {
  written(`[profile.a]\ntemporal_profile = "of a"\n[profile.b]\ntemporal_profile = "of b"\n`);
  const get = async (...args: string[]) =>
    (
      await capturedRun(['config', 'get', '--prop', 'temporal_profile', ...args], {
        HOME: home,
        INTENT_PROFILE: 'a',
      })
    ).stdout;
  expect(await get()).toBe('of a\n');
  expect(await get('--profile', 'b')).toBe('of b\n');
});

test.each([
  [URL, 'postgres://engine:***@db.example.com/intent'],
  ['postgres://db/intent?password=hidden&ssl=1', 'postgres://db/intent?password=***&ssl=1'],
  ['postgresql://engine@db/intent', 'postgresql://engine@db/intent'],
  ['postgres://engine:hid#den@db/intent', '***'],
])('of %s only %s is shown, unless secrets are asked for', async (value, masked) => {
  await config('set', '--prop', 'database_url', '--value', value);
  for (const shown of [
    await config('get'),
    await config('get', '--json'),
    await config('get', '--prop', 'database_url'),
    await config('list'),
    await config('list', '--json'),
  ]) {
    expect(shown.stdout).toContain(masked);
    expect(shown.stdout).not.toContain('hid');
  }
  for (const args of [['get'], ['get', '--prop', 'database_url'], ['list']]) {
    expect((await config(...args, '--show-secrets')).stdout).toContain(value);
  }
});

test('the file is for its owner alone, appears in one step, and a link to it stays one', async () => {
  const elsewhere = join(home, 'dotfiles.toml');
  writeFileSync(elsewhere, '', { mode: 0o644 });
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(elsewhere, file);
  const before = statSync(elsewhere).ino;

  const { stderr } = await config('set', '--prop', 'database_url', '--value', URL);
  expect(stderr).toMatch(/^warning: .*intent\.toml may hold passwords.*\(mode 644\): chmod 600 /);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(elsewhere, 'utf8')).toBe(`[profile.default]\ndatabase_url = "${URL}"\n`);
  expect(statSync(elsewhere).mode & 0o777).toBe(0o600);
  expect(statSync(elsewhere).ino).not.toBe(before);
  expect(readdirSync(home).toSorted()).toEqual(['.config', 'dotfiles.toml']);
  expect((await config('list')).stderr).toBe('');
});

test('a file that others may read is warned about, whatever reads it', async () => {
  written(`[profile.default]\ndatabase_url = "postgres://nobody@127.0.0.1:1/none"\n`);
  chmodSync(file, 0o640);
  const { stderr } = await capturedRun(['graph', 'list'], { HOME: home });
  expect(stderr).toMatch(
    /^warning: .*\(mode 640\): chmod 600 .*\nerror: DATABASE_URL: Postgres does not answer/,
  );
});

test.each([
  [
    '[profile.prod]\ndatabse_url = "x"',
    'profile prod: databse_url is no key of a profile (Did you mean database_url?)',
  ],
  [
    '[profile.prod]\ntemporal_address = 7233',
    'profile prod: temporal_address: Invalid input: expected string',
  ],
  [
    '[profile.prod]\ndatabase_url = "mysql://u:hidden@h"',
    'profile prod: database_url: must begin with postgres://',
  ],
  [
    '[profile.prod]\ntemporal_profile = "a"\ntemporal_address = "b:1"',
    'profile prod: temporal_profile says which',
  ],
  ['[profil.prod]\n', 'profil is no key of the file (Did you mean profile?)'],
  ['[profile."a b"]\n', 'profile a b: must be at most 64 letters'],
  ['[profile.prod]\ndatabase_url = "postgres://u:hidden@h', ':2:16: Invalid TOML document: '],
])('what is wrong with the file is told with its place, and no secret: %j', async (text, message) => {
  written(text);
  for (const run of [
    await config('list'),
    await capturedRun(['list', '--profile', 'prod'], { HOME: home }),
  ]) {
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(`error: ${file}`);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toContain('hidden');
  }
});

test.each([
  [
    'production',
    'error: --profile: there is no profile production: FILE does not exist. To make one: ',
    undefined,
  ],
  ['prodution', '(Did you mean production?). It has: production', '[profile.production]\n'],
  ['', 'there is no profile "" in FILE. It has: production', '[profile.production]\n'],
  ['constructor', 'there is no profile constructor in FILE. It has: production', '[profile.production]\n'],
])('a profile %j that there is not ends it with exit code 2', async (name, message, text) => {
  if (text !== undefined) written(text);
  for (const args of [['list'], ['migrate'], ['describe', 'x'], ['schedule', 'list']]) {
    const { exitCode, stdout, stderr } = await capturedRun([...args, '--profile', name], { HOME: home });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.replaceAll(file, 'FILE')).toContain(message);
  }
});

test("a profile that Temporal's own file lacks is named with what shows those it has", async () => {
  written('[profile.prod]\ntemporal_profile = "cloud"\n');
  const run = await capturedRun(['schedule', 'delete', 'verify', '--profile', 'prod'], { HOME: home });
  expect(run).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      "error: TEMPORAL_PROFILE: Profile 'cloud' not found in config data; temporal config list shows the profiles there are\n",
  });
});

test('wrong values and names change nothing', async () => {
  await config('set', '--prop', 'temporal_profile', '--value', 'cloud');
  const before = readFileSync(file, 'utf8');
  for (const [args, message] of [
    [
      ['set', '--prop', 'temporal_address', '--value', 'x:1'],
      'temporal_profile says which address and namespace',
    ],
    [['set', '--prop', 'database_url', '--value', 'localhost'], 'must begin with postgres://'],
    [['set', '--prop', 'databaseurl', '--value', URL], 'Did you mean database_url?'],
    [
      ['set', '--profile', '__proto__', '--prop', 'database_url', '--value', URL],
      'must be at most 64 letters',
    ],
  ] as const) {
    const { exitCode, stderr } = await config(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  }
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('comments are not lost unasked, and a # in a value is none', async () => {
  const strings = `[profile.default]\ntemporal_profile = "a#b\\"#"\n[profile.b]\ntemporal_address = '''#'''\n`;
  const set = (...args: string[]) =>
    config('set', '--prop', 'temporal_namespace', '--profile', 'b', '--value', 'n', ...args);
  written(strings);
  expect((await set()).exitCode).toBe(0);

  written(`${strings}# ours\n`);
  expect(await set()).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `error: ${file} has comments, which would be lost: change it by hand, or say --drop-comments\n`,
  });
  expect(readFileSync(file, 'utf8')).toContain('# ours');
  expect((await set('--drop-comments')).exitCode).toBe(0);
  expect(readFileSync(file, 'utf8')).not.toContain('# ours');
  expect(existsSync(file)).toBe(true);
});
