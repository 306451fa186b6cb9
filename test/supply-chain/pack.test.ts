import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';

const PACKED_FROM = [
  'src',
  'dist',
  'migrations',
  'schema',
  'examples',
  'packages',
  'package.json',
  'README.md',
  'LICENSE',
  'tsconfig.base.json',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The checkout in a folder of its own with another name, with packages of its own. What `tsc` compiled is copied: its
 * files have no path in them; the workflow code is bundled anew.
 */
async function copyOfCheckout(name: string): Promise<string> {
  const copy = join(folder, name);
  mkdirSync(copy);
  const bundle = join(CHECKOUT, 'dist', 'workflow-bundle.js');
  for (const path of PACKED_FROM) {
    cpSync(join(CHECKOUT, path), join(copy, path), {
      recursive: true,
      filter: (file) => !file.startsWith(bundle),
    });
  }
  const modules = join(CHECKOUT, 'node_modules');
  // Hard links, where the two are on one disk: half a gigabyte.
  await runCommand('cp', { args: ['-al', modules, copy] }).catch(() =>
    runCommand('cp', { args: ['-R', modules, copy] }),
  );
  await runCommand(process.execPath, { args: [join('dist', 'bundle', 'build-bundle.js')], cwd: copy });
  return copy;
}

/** Packs, and gives the tarball's name and digest. */
async function pack(checkout: string, packageFolder: string): Promise<[string, string]> {
  const into = join(checkout, 'packed', packageFolder);
  mkdirSync(into, { recursive: true });
  await runCommand('npm', {
    // What is built before it is packed has been built: "prepare" would compile all again.
    args: ['pack', '--ignore-scripts', '--pack-destination', into, '--loglevel=error'],
    cwd: join(checkout, packageFolder),
  });
  const [name = ''] = readdirSync(into).filter((file) => file.endsWith('.tgz'));
  return [
    name,
    createHash('sha256')
      .update(readFileSync(join(into, name)))
      .digest('hex'),
  ];
}

test('two builds in two folders give the same tarballs, bit by bit', async () => {
  const copies = [await copyOfCheckout('one'), await copyOfCheckout('another-place')];
  for (const copy of copies)
    await runCommand(process.execPath, { args: ['build.mjs'], cwd: join(copy, 'packages', 'http-client') });
  for (const packageFolder of ['.', 'packages/http-client']) {
    const tarballs = [];
    for (const copy of copies) tarballs.push(await pack(copy, packageFolder));
    expect(tarballs[0]?.[0]).toMatch(/^intent-engine.*\.tgz$/);
    expect(tarballs[1]).toEqual(tarballs[0]);
  }
}, 300_000);
