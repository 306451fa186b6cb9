import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { lockedPackages } from '../../scripts/supply-chain/locked-packages';
import { CHECKOUT } from '../../src/dev/checkout';

const textOf = (...path: string[]) => readFileSync(join(CHECKOUT, ...path), 'utf8');
const manifests = ['package.json', 'packages/http-client/package.json'];

test.each(manifests)('%s pins each dependency to one version', (path) => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(textOf(path)) as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
});

test('the lockfile has a checksum of each package, and each comes from the registry', () => {
  const packages = lockedPackages();
  expect(packages.length).toBeGreaterThan(500);
  // Those that are packed within another one have the other's checksum.
  const own = packages.filter(({ bundled }) => !bundled);
  expect(own.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  // None names an address: npm asks the registry that it is set to.
  expect(
    own.filter(({ resolved }) => resolved && !resolved.startsWith('https://registry.npmjs.org/')),
  ).toEqual([]);
});

test('programs of other registries are pinned, too', () => {
  const requirements = textOf('servers', 'deploy-linters', 'requirements.txt').trim().split('\n');
  expect(requirements.filter((line) => !/^[\w-]+==[\d.]+$/.test(line))).toEqual([]);
  for (const module of ['deploy-linters', 'temporal-cli', 'temporal-server'])
    expect(textOf('servers', module, 'go.sum')).toContain('h1:');
});
