import { productionPackages, type LockedPackage } from './locked-packages';

/** Permissive ones: they ask for their text to be kept, which the packages bring along, and for nothing more. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Packages whose package.json names none: what their file LICENSE is. */
const READ_BY_HAND: Record<string, string> = { unionfs: 'Unlicense' };

export interface LicensedPackage {
  name: string;
  version: string;
  /** An SPDX expression, or `unknown`. */
  license: string;
}

/** Production dependencies with their licences, by name and version. */
export function licensedPackages(packages: LockedPackage[] = productionPackages()): LicensedPackage[] {
  const licensed = packages.map(({ name, version, license }) => ({
    name,
    version,
    license: license ?? READ_BY_HAND[name] ?? 'unknown',
  }));
  const unique = new Map(licensed.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/**
 * Whether a licence is one that we take: each part of `A AND B`, one part of `A OR B`.
 *
 * @param license an SPDX expression; one that has both, or anything else, is not taken
 */
export function isAllowed(license: string): boolean {
  const parts = license.replace(/^\((.*)\)$/, '$1').split(/ (?:AND|OR) /);
  const mixed = license.includes(' AND ') && license.includes(' OR ');
  if (mixed) return false;
  return license.includes(' OR ')
    ? parts.some((part) => ALLOWED.has(part))
    : parts.every((part) => ALLOWED.has(part));
}

/** `THIRD_PARTY_LICENSES.md`. */
export function licensesPage(packages: LicensedPackage[] = licensedPackages()): string {
  const counts = new Map<string, number>();
  for (const { license } of packages) counts.set(license, (counts.get(license) ?? 0) + 1);
  return [
    '# Licences of other packages',
    '',
    'What `npm ci --omit=dev` may install beside the engine, on any platform. Each package brings its licence along, in its folder of',
    '`node_modules`. Written by `npm run licenses` from `package-lock.json`; a test holds it equal, and refuses a licence that is not on',
    'the list in `scripts/supply-chain/licenses.ts`.',
    '',
    ...[...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([license, count]) => `- ${license}: ${count}`),
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
    '',
  ].join('\n');
}
