// Writes what is published into dist, or into the folder that is named: one file as an ES module, one as CommonJS, and the
// types of each. Bundled, so that the tree stays one and nothing of the server comes along.
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const here = import.meta.dirname;
const checkout = join(here, '..', '..');
const entry = join(checkout, 'src', 'http-client', 'index.ts');
const out = process.argv[2] ?? join(here, 'dist');

await rm(out, { recursive: true, force: true });
for (const [format, file] of [
  ['esm', 'index.js'],
  ['cjs', 'index.cjs'],
]) {
  await build({
    entryPoints: [entry],
    outfile: join(out, file),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    // What could not be in the file would have to be installed.
    external: [],
    logLevel: 'warning',
    tsconfig: join(checkout, 'src', 'http-client', 'tsconfig.json'),
  });
}
const types = await rollup({
  input: entry,
  plugins: [dts({ tsconfig: join(checkout, 'src', 'http-client', 'tsconfig.json') })],
  onwarn: (warning) => {
    throw new Error(warning.message);
  },
});
await types.write({ file: join(out, 'index.d.ts'), format: 'es' });
await copyFile(join(out, 'index.d.ts'), join(out, 'index.d.cts'));
