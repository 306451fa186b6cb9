import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAllowed, licensedPackages, licensesPage } from '../../scripts/supply-chain/licenses';
import { isInstalled, productionPackages } from '../../scripts/supply-chain/locked-packages';
import { CHECKOUT } from '../../src/dev/checkout';

const PAGE = join(CHECKOUT, 'THIRD_PARTY_LICENSES.md');

test('every production dependency has a licence that we take', () => {
  const packages = licensedPackages();
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(({ license }) => !isAllowed(license))).toEqual([]);
});

test('the page lists them as they are; else run: npm run licenses', () => {
  // Prettier lines up the columns.
  const words = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  expect(words(readFileSync(PAGE, 'utf8'))).toBe(words(licensesPage()));
});

test('the lockfile says of each package that is installed what the package says itself', () => {
  const installed = productionPackages().filter(isInstalled);
  expect(installed.length).toBeGreaterThan(100);
  for (const { path, version, license } of installed) {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
      version: string;
      license?: string;
    };
    expect([path, manifest.version, manifest.license]).toEqual([path, version, license]);
  }
});

test.each([
  ['MIT', true],
  ['Apache-2.0 AND MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE', false],
  ['MIT OR (GPL-3.0-only AND ISC)', false],
  ['unknown', false],
])('%s: %s', (license, allowed) => {
  expect(isAllowed(license)).toBe(allowed);
});
