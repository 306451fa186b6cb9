import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../../src/dev/checkout';
import { bundleWorkflowCode } from '../../src/bundle/bundle';

/**
 * Path of the workflow code as one file, for `workflowBundle: { codePath }`. Bundling takes 4 s of a run, so the file is
 * kept for as long as neither the sources nor the installed packages change.
 */
export async function testWorkflowBundle(): Promise<string> {
  const folder = join(CHECKOUT, 'node_modules', '.cache', 'intent-engine');
  const path = join(folder, `workflow-bundle-${fingerprint()}.js`);
  if (existsSync(path)) return path;
  const { code } = await bundleWorkflowCode();
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, code);
  renameSync(partial, path);
  return path;
}

/** Of all sources and not only of the workflows: what the workflows import may change without notice. */
function fingerprint(): string {
  const sources = join(CHECKOUT, 'src');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(sources, name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, join(CHECKOUT, 'package-lock.json')]) {
    hash.update(file.slice(CHECKOUT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
