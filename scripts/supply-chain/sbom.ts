import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CHECKOUT } from '../../src/dev/checkout';
import { productionPackages } from './locked-packages';

/** The part of a CycloneDX document that is read or changed here. */
export interface Sbom {
  bomFormat: 'CycloneDX';
  specVersion: string;
  serialNumber: string;
  metadata: { timestamp?: string; component: { name: string; version: string } };
  components: {
    'bom-ref': string;
    name: string;
    version: string;
    purl: string;
    hashes?: { alg: string; content: string }[];
  }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * What production is made of, as CycloneDX, by npm from package-lock.json. The same lockfile gives the same document,
 * so that it can be compared: npm's has the time and a random number in it, and the name of the folder for ours.
 *
 * What is for development only is taken out here and not by npm's `--omit=dev`, which leaves out what a package for
 * development needs although production needs it as well: 190 of 279 packages, with npm 11.19.
 */
export async function makeSbom(): Promise<Sbom> {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: CHECKOUT, maxBuffer: MOST_BYTES });
  const sbom = JSON.parse(stdout) as Sbom;
  const { name } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as { name: string };
  sbom.metadata.component.name = name;
  delete sbom.metadata.timestamp;
  const root = `${name}@${sbom.metadata.component.version}`;
  const kept = new Set([root, ...productionPackages().map((one) => `${one.name}@${one.version}`)]);
  sbom.components = sbom.components.filter((component) => kept.has(`${component.name}@${component.version}`));
  const refs = new Set([root, ...sbom.components.map((component) => component['bom-ref'])]);
  sbom.dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  sbom.serialNumber = `urn:uuid:${uuidOf(JSON.stringify([sbom.metadata.component, sbom.components]))}`;
  return sbom;
}

/** A UUID of version 8, which is what one that follows from other data has. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
