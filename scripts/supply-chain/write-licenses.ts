import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { isAllowed, licensedPackages, licensesPage } from './licenses';

/** Writes THIRD_PARTY_LICENSES.md. Exit code 1 where a licence is not allowed. */
const packages = licensedPackages();
writeFileSync(join(CHECKOUT, 'THIRD_PARTY_LICENSES.md'), licensesPage(packages));
for (const { name, version, license } of packages.filter((one) => !isAllowed(one.license))) {
  console.error(`${name}@${version}: ${license} is not on the list in scripts/supply-chain/licenses.ts`);
  process.exitCode = 1;
}
