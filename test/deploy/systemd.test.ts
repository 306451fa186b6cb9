import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { findOnPath } from '../../src/dev/machine/find-on-path';
import { runCommand } from '../../src/dev/machine/run-command';
import { drainLimits } from './drain-limits';
import { unknownVariables } from './unknown-variables';

const FOLDER = join(CHECKOUT, 'deploy', 'systemd');
const UNITS = readdirSync(FOLDER).filter((name) => name.endsWith('.service'));
/** Of `systemd-analyze security`: 10 is a service that may do everything. */
const MOST_EXPOSED = '1.5';

const textOf = (unit: string) => readFileSync(join(FOLDER, unit), 'utf8');
const setting = (unit: string, name: string) =>
  [...textOf(unit).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

test('there is a unit for each program', () => {
  expect(UNITS.toSorted()).toEqual([
    'intent-gateway.service',
    'intent-migrate@.service',
    'intent-worker@.service',
  ]);
});

describe.each(UNITS)('%s', (unit) => {
  test('runs a program that there is, and its variables are known', () => {
    const [program = ''] = /dist\/\S+/.exec(setting(unit, 'ExecStart')[0] ?? '') ?? [];
    expect(existsSync(join(CHECKOUT, program))).toBe(true);
    expect(setting(unit, 'AssertPathExists')[0]).toBe(`${setting(unit, 'WorkingDirectory')[0]}/${program}`);
    const variables = setting(unit, 'Environment').flatMap((line) => line.split(' '));
    expect(unknownVariables(variables.map((variable) => variable.split('=')[0] ?? ''))).toEqual([]);
  });
});

test('they have the time to end what is under way', () => {
  const limits = drainLimits();
  const stop = (unit: string) =>
    Number(/^(\d+)s$/.exec(setting(unit, 'TimeoutStopSec')[0] ?? '')?.[1]) * 1_000;
  expect(stop('intent-worker@.service')).toBeGreaterThan(limits.worker);
  expect(stop('intent-gateway.service')).toBeGreaterThan(limits.gateway);
});

// systemd is on most Linux machines, and on no other.
const withSystemd = findOnPath('systemd-analyze') ? describe : describe.skip;

withSystemd('systemd-analyze', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'units-'));
    for (const unit of UNITS) copyFileSync(join(FOLDER, unit), join(folder, instance(unit)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const instance = (unit: string) => unit.replace('@.', '@3f2a9c1.');
  /** Wants the program to be there, which may be anywhere on the machine of a test. */
  const withNode = (unit: string) => {
    const path = join(folder, instance(unit));
    writeFileSync(path, textOf(unit).replace('ExecStart=/usr/bin/node', `ExecStart=${process.execPath}`));
    return path;
  };
  const verify = (path: string) => runCommand('systemd-analyze', { args: ['verify', '--man=no', path] });

  test.each(UNITS)('finds nothing in %s', async (unit) => {
    expect(await verify(withNode(unit))).toBe('');
  });

  test('would find a setting that there is not', async () => {
    const path = withNode('intent-gateway.service');
    writeFileSync(path, readFileSync(path, 'utf8').replace('ProtectHome', 'ProtectHom'));
    expect(await verify(path)).toMatch(/Unknown key.*'ProtectHom'/);
  });

  test.each(UNITS)('says of %s that little is exposed', async (unit) => {
    const threshold = String(Number(MOST_EXPOSED) * 10);
    const output = await runCommand('systemd-analyze', {
      args: ['security', '--offline=true', `--threshold=${threshold}`, withNode(unit)],
    });
    expect(output).toContain('Overall exposure level');
  });
});
