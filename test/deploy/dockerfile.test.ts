import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { DEFAULT_ADDRESS } from '../../src/gateway/settings';
import { findLinters, FIRST_RUN_MS, type Linters } from './linters';
import { unknownVariables } from './unknown-variables';

const DOCKERFILE = readFileSync(join(CHECKOUT, 'Dockerfile'), 'utf8');
const manifest = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as {
  version: string;
  license: string;
  engines: { node: string };
};
const instructions = (name: string) =>
  [...DOCKERFILE.replaceAll('\\\n', '').matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(
    ([, text = '']) => text,
  );

let linters: Linters;
beforeAll(async () => {
  linters = await findLinters();
}, FIRST_RUN_MS);

describe('hadolint', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hadolint-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const lint = (file: string) =>
    runCommand(linters.hadolint, { args: ['--no-color', '--failure-threshold', 'style', file] });

  test('has nothing to say', async () => {
    expect(await lint(join(CHECKOUT, 'Dockerfile'))).toBe('');
  });

  test('would have, of an image without a version', async () => {
    const broken = join(folder, 'Dockerfile');
    writeFileSync(broken, DOCKERFILE.replace('FROM ${NODE_IMAGE} AS runtime', 'FROM node AS runtime'));
    await expect(lint(broken)).rejects.toThrow('DL3006');
  });
});

test('the image has a Node that package.json allows, on glibc, pinned to a patch', () => {
  const [, major, base] = /^ARG NODE_IMAGE=node:(\d+)\.\d+\.\d+-(\S+)$/m.exec(DOCKERFILE) ?? [];
  const [, leastMajor] = /^>=(\d+)\.\d+$/.exec(manifest.engines.node) ?? [];
  expect(base).toBe('bookworm-slim');
  // Even ones are supported for years.
  expect(Number(major) % 2).toBe(0);
  expect(Number(major)).toBeGreaterThan(Number(leastMajor));
  expect(instructions('FROM').filter((from) => !/^(\$\{NODE_IMAGE\}|runtime) AS \w+$/.test(from))).toEqual(
    [],
  );
});

test('labels say the version and licence of package.json, and the base image', () => {
  expect(DOCKERFILE).toContain(`\nARG VERSION=${manifest.version}\n`);
  expect(DOCKERFILE).toContain(`image.licenses="${manifest.license}"`);
  const [, image] = /^ARG NODE_IMAGE=(\S+)$/m.exec(DOCKERFILE) ?? [];
  expect(DOCKERFILE).toContain(`image.base.name="docker.io/library/${image}"`);
});

test('what it copies exists and is not ignored, and nothing else is sent to Docker', () => {
  const copied = instructions('COPY')
    .filter((line) => !line.startsWith('--from'))
    .flatMap((line) => line.split(' ').slice(0, -1))
    .map((path) => path.replace(/^\.\//, ''));
  const sent = readFileSync(join(CHECKOUT, '.dockerignore'), 'utf8').split('\n');
  expect(copied.filter((path) => !existsSync(join(CHECKOUT, path)))).toEqual([]);
  expect(new Set(sent.filter((line) => line.startsWith('!')).map((line) => line.slice(1)))).toEqual(
    new Set(copied),
  );
  expect(sent.filter((line) => line !== '' && !line.startsWith('#'))[0]).toBe('*');
});

test('it runs programs that there are, not as root, and they get SIGTERM', () => {
  const commands = instructions('CMD').map((json) => JSON.parse(json) as string[]);
  expect(commands).toEqual([
    ['node', 'dist/gateway/main.js'],
    ['node', 'dist/worker/main.js'],
  ]);
  for (const [, program = ''] of commands) expect(existsSync(join(CHECKOUT, program))).toBe(true);
  expect(instructions('USER')).toEqual(['1000:1000']);
  expect(instructions('STOPSIGNAL')).toEqual(['SIGTERM']);
  expect(instructions('ENTRYPOINT')).toEqual(['[]']);
});

test('its variables are known, its ports are those that the programs listen at', () => {
  const variables = instructions('ENV').map((line) => line.split('='));
  expect(unknownVariables(variables.map(([name = '']) => name))).toEqual([]);
  const ports = variables.flatMap(([, value = '']) => value.match(/(?<=:)\d+$/) ?? []);
  expect(instructions('EXPOSE')).toEqual(ports);
  expect(ports).toContain(DEFAULT_ADDRESS.split(':')[1]);
});
