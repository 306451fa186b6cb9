import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';

/** An entry of package-lock.json. */
export interface LockedPackage {
  name: string;
  version: string;
  /** Of the package's own package.json; an SPDX expression, if it says one. */
  license: string | undefined;
  /** Checksum of what the registry gives. */
  integrity: string | undefined;
  resolved: string | undefined;
  /** Only for development: it is not there after `npm ci --omit=dev`. */
  dev: boolean;
  /** Packed within the package that needs it. */
  bundled: boolean;
  /** Folder of the package in the checkout, whether or not it is installed on this platform. */
  path: string;
}

interface LockEntry {
  name?: string;
  version: string;
  license?: string;
  integrity?: string;
  resolved?: string;
  dev?: boolean;
  inBundle?: boolean;
  link?: boolean;
}

/** Every package that package-lock.json pins, but our own. */
export function lockedPackages(): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(CHECKOUT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, { name, version, license, integrity, resolved, dev = false, inBundle = false }]) => ({
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
      integrity,
      resolved,
      dev,
      bundled: inBundle,
      path: join(CHECKOUT, path),
    }));
}

/** Those that run in production. */
export function productionPackages(): LockedPackage[] {
  return lockedPackages().filter(({ dev }) => !dev);
}

/** Whether npm has installed it here: some are for other platforms. */
export function isInstalled({ path }: LockedPackage): boolean {
  return existsSync(join(path, 'package.json'));
}
