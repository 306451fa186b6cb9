import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The checkout without what is built, in a folder of its own with another name, and with packages of its own. */
async function copyOfCheckout(name: string): Promise<string> {
  const copy = join(folder, name);
  const files = await runCommand('git', {
    args: ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    cwd: CHECKOUT,
  });
  for (const file of files
    .split('\0')
    .filter((path) => /^(src|migrations|schema|examples|packages|[^/]+$)/.test(path))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(CHECKOUT, file), join(copy, file));
  }
  const modules = join(CHECKOUT, 'node_modules');
  // Hard links, where the two are on one disk: half a gigabyte.
  await runCommand('cp', { args: ['-al', modules, copy] }).catch(() =>
    runCommand('cp', { args: ['-R', modules, copy] }),
  );
  return copy;
}

/** Packs as `npm publish` would, building first, and gives the tarball's name and digest. */
async function pack(checkout: string, packageFolder: string): Promise<[string, string]> {
  const into = join(checkout, 'packed', packageFolder);
  mkdirSync(into, { recursive: true });
  await runCommand('npm', {
    args: ['pack', '--pack-destination', into, '--loglevel=error'],
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
  for (const packageFolder of ['.', 'packages/http-client']) {
    const tarballs = [];
    for (const copy of copies) tarballs.push(await pack(copy, packageFolder));
    expect(tarballs[0]?.[0]).toMatch(/^intent-engine.*\.tgz$/);
    expect(tarballs[1]).toEqual(tarballs[0]);
  }
}, 300_000);
