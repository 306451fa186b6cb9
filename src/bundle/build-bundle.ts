import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleWorkflowCode, PREBUILT_BUNDLE } from './bundle';
import { withPortableSourceMap } from './portable-source-map';

const CHECKOUT = join(__dirname, '..', '..');

/** Last step of the build. Bundling takes 2 s, so nothing is done when no workflow code has changed. */
async function buildBundle(): Promise<void> {
  const stampFile = `${PREBUILT_BUNDLE}.sha256`;
  const stamp = await fingerprint();
  const builtFrom = await readFile(stampFile, 'utf8').catch(() => '');
  if (builtFrom === stamp && existsSync(PREBUILT_BUNDLE)) return;
  const { code } = await bundleWorkflowCode();
  await replaceFile(PREBUILT_BUNDLE, withPortableSourceMap(code, CHECKOUT));
  await replaceFile(stampFile, stamp);
}

/** Renamed into place: a worker that starts meanwhile reads the old file or the new one, never half of it. */
async function replaceFile(path: string, content: string): Promise<void> {
  const part = `${path}.${process.pid}`;
  await writeFile(part, content);
  await rename(part, path);
}

/** Of all that the bundle is made from: our compiled code, how it is bundled, and the versions it depends on. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['bundle', 'graph', 'intent', 'workflows']) {
    const path = join(__dirname, '..', folder);
    for (const file of (await readdir(path, { recursive: true }))
      .filter((name) => name.endsWith('.js'))
      .sort()) {
      hash.update(file).update(await readFile(join(path, file)));
    }
  }
  const manifest = await readFile(join(CHECKOUT, 'package.json'), 'utf8');
  return hash.update(manifest).digest('hex');
}

buildBundle().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
