import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { productionPackages } from '../../scripts/supply-chain/locked-packages';
import { makeSbom, type Sbom } from '../../scripts/supply-chain/sbom';
import { CHECKOUT } from '../../src/dev/checkout';

let sbom: Sbom;
beforeAll(async () => {
  sbom = await makeSbom();
});

/** What CycloneDX 1.5 wants of the parts that are used. */
const shape = z.object({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.5.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z.templateLiteral(['urn:uuid:', z.uuid()]),
  version: z.int().positive(),
  metadata: z.object({
    tools: z.array(z.object({ vendor: z.string(), name: z.string(), version: z.string() })),
    component: z.object({ 'bom-ref': z.string(), type: z.literal('library'), name: z.string() }),
  }),
  components: z.array(
    z.object({
      'bom-ref': z.string(),
      type: z.literal('library'),
      name: z.string(),
      version: z.string(),
      scope: z.enum(['required', 'optional', 'excluded']),
      purl: z.string().startsWith('pkg:npm/'),
      hashes: z
        .array(z.object({ alg: z.literal('SHA-512'), content: z.string().regex(/^[\da-f]{128}$/) }))
        .optional(),
      licenses: z.array(z.unknown()).optional(),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

test('it is CycloneDX', () => {
  expect(shape.safeParse(sbom).error).toBeUndefined();
});

test('it names every production dependency of the lockfile with its checksum, and no other', () => {
  const named = (packages: { name: string; version: string }[]) =>
    [...new Set(packages.map(({ name, version }) => `${name}@${version}`))].toSorted();
  expect(named(sbom.components)).toEqual(named(productionPackages()));
  const checksums = new Set(
    sbom.components.flatMap(({ hashes = [] }) =>
      hashes.map(({ content }) => `sha512-${Buffer.from(content, 'hex').toString('base64')}`),
    ),
  );
  const missing = productionPackages().filter(({ integrity }) => !checksums.has(integrity ?? ''));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('it is about this package, and says which need which', () => {
  const { name, version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  expect(sbom.metadata.component).toMatchObject({ name, version });
  const refs = new Set(sbom.dependencies.map(({ ref }) => ref));
  expect(refs).toContain(`${name}@${version}`);
  for (const { dependsOn } of sbom.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
});

test('the same lockfile gives the same document', async () => {
  expect(await makeSbom()).toEqual(sbom);
});
