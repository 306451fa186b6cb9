import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import ts from 'typescript';

import { runCommand } from '../../src/dev/machine/run-command';

const ROOT = join(__dirname, '..', '..');
const PACKAGE = join(ROOT, 'packages', 'http-client');
const NAME = 'intent-engine-http-client';

let folder: string;
/** What npm would publish. */
let tarball: string;
/** An app that has it installed. */
let app: string;
let installed: string;

const PUBLINT = join(dirname(require.resolve('publint')), 'cli.js');
const ATTW = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist', 'index.js');
const TSC = require.resolve('typescript/bin/tsc');

const node = (...args: string[]) => runCommand(process.execPath, { args, cwd: folder });
const npm = (cwd: string, ...args: string[]) =>
  runCommand('npm', { args: [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], cwd });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http-client-'));
  const packed = join(folder, 'package');
  for (const file of ['package.json', 'README.md', 'LICENSE'])
    cpSync(join(PACKAGE, file), join(packed, file));
  await node(join(PACKAGE, 'build.mjs'), join(packed, 'dist'));
  await npm(packed, 'pack', '--ignore-scripts', '--pack-destination', folder);
  const names = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(names).toEqual([`${NAME}-${manifest().version}.tgz`]);
  tarball = join(folder, names[0] ?? '');

  app = join(folder, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true }');
  await npm(app, 'install', tarball);
  installed = join(app, 'node_modules', NAME);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  version: string;
  engines: unknown;
  dependencies?: unknown;
  peerDependencies?: unknown;
}

function manifest(path = join(PACKAGE, 'package.json')): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

test('it holds four files of code and types, and what says what they are', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => statSync(join(installed, name)).isFile()).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'dist/index.cjs',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
  ]);
  expect(readFileSync(join(installed, 'LICENSE'))).toEqual(readFileSync(join(ROOT, 'LICENSE')));
});

test('nothing else is installed with it', () => {
  expect(readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([NAME]);
  const { dependencies, peerDependencies } = manifest(join(installed, 'package.json'));
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
});

test('its version and what it needs of Node are those of the engine', () => {
  const { version, engines } = manifest(join(ROOT, 'package.json'));
  expect(manifest()).toMatchObject({ version, engines });
});

describe.each(['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts'])('%s', (name) => {
  const text = () => readFileSync(join(installed, 'dist', name), 'utf8');

  test('imports nothing', () => {
    const { importedFiles, referencedFiles, typeReferenceDirectives } = ts.preProcessFile(text(), true, true);
    expect([importedFiles, referencedFiles, typeReferenceDirectives]).toEqual([[], [], []]);
  });

  test('has no code of the server in it', () => {
    const words = [/safeParse/, /\bz\.object/, /\bZod/, /WorkflowHandle/, /Queryable/, /node:/, /\bBuffer\b/];
    expect(words.filter((word) => word.test(text()))).toEqual([]);
    // 23 KB, of which a third is comments.
    expect(text().length).toBeLessThan(32_000);
  });
});

test('publint finds nothing wrong with it', async () => {
  expect(await node(PUBLINT, 'run', tarball, '--strict')).toContain('All good!');
});

test('its types are right however they are imported', async () => {
  const report = JSON.parse(await node(ATTW, tarball, '--format', 'json')) as {
    problems: unknown;
    analysis: { entrypoints: Record<string, { resolutions: Record<string, { resolution?: object }> }> };
  };
  expect(report.problems).toEqual({});
  const { resolutions } = report.analysis.entrypoints['.'] ?? { resolutions: {} };
  expect(Object.keys(resolutions)).toEqual(['node10', 'node16-cjs', 'node16-esm', 'bundler']);
});

test('it runs as an ES module and as CommonJS, and each knows the errors of the other', async () => {
  writeFileSync(
    join(app, 'app.mjs'),
    `import { createRequire } from 'node:module';
     import { HttpIntentClient, isIntentError } from '${NAME}';
     const cjs = createRequire(import.meta.url)('${NAME}');
     const options = { url: 'nowhere', apiKey: 'k' };
     const [ours, theirs] = await Promise.all(
       [HttpIntentClient, cjs.HttpIntentClient].map((client) => client.connect(options).catch((error) => error)),
     );
     console.log(HttpIntentClient === cjs.HttpIntentClient, isIntentError(theirs), cjs.isIntentError(ours), theirs.code);`,
  );
  const output = await node(join(app, 'app.mjs'));
  expect(output.trim()).toBe('false true true INVALID_ARGUMENT');
});

test('apps in TypeScript compile against it, as ES modules and as CommonJS, without Node’s types', async () => {
  const files = ['consumer-esm.mts', 'consumer-cjs.cts'].map((name) => join(app, name));
  const text = `import { HttpIntentClient, isIntentError, type Intents, type Outcome } from '${NAME}';

     export async function run(intents: Intents): Promise<string> {
       const { id } = await intents.create({ title: 'x' });
       const outcome: Outcome = await intents.transition(id, { to: 'A', metadata: { a: [1, null] } });
       if (outcome.status === 'rejected') return outcome.code satisfies 'ILLEGAL_TRANSITION' | string;
       const [row] = await intents.history(id);
       return row === undefined ? '' : row.transitionedAt.toISOString();
     }
     export async function main(): Promise<void> {
       const client = await HttpIntentClient.connect({ url: 'https://x', token: async () => 't', fetch });
       try {
         await run(client);
         // @ts-expect-error The credential says who acts.
         await client.cancel('', { actor: 'ada' });
         // @ts-expect-error One of both.
         await HttpIntentClient.connect({ url: 'https://x' });
       } catch (error) {
         if (isIntentError(error) && error.code === 'RATE_LIMITED') throw error;
       }
     }`;
  for (const file of files) writeFileSync(file, text);
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext'];
  const globals = ['--target', 'es2022', '--lib', 'es2022,dom'];
  await expect(node(TSC, ...options, ...globals, ...files)).resolves.toBe('');
});
