import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { contentIntentGraph } from '../../src/graph';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { capturedRun } from './captured-run';

const ORDER = 'examples/order/graph.ts';
const ORDER_2 = 'examples/order/graph-v2.ts';

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intent-cli-'));
  database = await createTestDatabase('cli graph pictures');
  for (const file of [ORDER, ORDER_2]) {
    const registered = await capturedRun(['graph', 'register', file], {
      OWNER_DATABASE_URL: database.ownerUrl,
    });
    expect(registered).toMatchObject({ exitCode: 0 });
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

const run = (...args: string[]) => capturedRun(['graph', ...args], { DATABASE_URL: database.engineUrl });

test('a registered graph is shown by name, its newest version then, or by name@version, and a file needs no server', async () => {
  expect((await run('show', 'order')).stdout).toMatch(/^order@2: Order\n8 states, 2 of them terminal; /);
  const first = await run('show', 'order@1');
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await capturedRun(['graph', 'show', ORDER])).toEqual(first);
});

test('a graph is shown as JSON in two ways of asking, with its definition', async () => {
  const { stdout } = await run('show', 'content-intent', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ graph: 'content-intent@1', definition: contentIntentGraph });
  expect((await run('show', 'content-intent', '--format', 'json')).stdout).toBe(stdout);
});

test('two registered versions, and a version and a file, are compared', async () => {
  const registered = await run('diff', 'order@1', 'order');
  expect(registered).toMatchObject({ exitCode: 1, stderr: '' });
  expect(registered.stdout).toContain('--map PAYMENT_FAILED=NEW');
  expect(await run('diff', 'order@1', ORDER_2)).toEqual(registered);
  expect(await run('diff', 'order@2', ORDER_2)).toEqual({
    exitCode: 0,
    stdout: 'order@2 and order@2 do not differ\n',
    stderr: '',
  });
  const json = await run('diff', 'order@1', 'order@2', '--json');
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ same: false, stranded: ['PAYMENT_FAILED'] });
});

test('a picture is written to a file, and the exit code still says whether there is a difference', async () => {
  const file = join(folder, 'order.svg');
  const written = await run('diff', 'order@1', 'order@2', '--format', 'svg', '--output', file);
  expect(written).toEqual({ exitCode: 1, stdout: '', stderr: `Wrote ${file}\n` });
  const printed = await run('diff', 'order@1', 'order@2', '--format', 'svg');
  expect(await readFile(file, 'utf8')).toBe(printed.stdout);
  expect(printed.stdout).toContain('− PAYMENT_FAILED');
});

test.each([
  [
    'a graph that is not registered',
    ['order@1', 'ordre'],
    /^error: ordre is not registered.*Registered: .*order@2\n$/,
  ],
  ['a file that is not there', ['order', './none.json'], /^error: \.\/none\.json: can't be read/],
  ['what is neither', ['order', 'Order@x'], /^error: "Order@x" is not a graph reference: /],
  ['a file that cannot be written', ['order@1', 'order@2', '--output', '/none/x'], /^error: --output: /],
  ['two formats', ['order', 'order', '--json', '--format', 'svg'], /^error: --json: /],
  [
    'a format that there is not',
    ['order', 'order', '--format', 'png'],
    /Allowed choices are text, mermaid, svg, json/,
  ],
])('diff exits with 2 where nothing could be compared: %s', async (_what, args, message) => {
  const { exitCode, stdout, stderr } = await run('diff', ...args);
  expect(stderr).toMatch(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('an invalid file is shown by neither, but by its problems', async () => {
  const file = join(folder, 'invalid.json');
  await writeFile(file, JSON.stringify({ ...contentIntentGraph, terminal: [] }));
  for (const [args, code] of [
    [['show', file], 1],
    [['diff', 'order', file], 2],
  ] as const) {
    const { exitCode, stderr } = await run(...args);
    expect({ exitCode, named: stderr.includes('NO_TERMINAL') }).toEqual({ exitCode: code, named: true });
  }
});

describe('the guide', () => {
  const page = readFileSync('docs/guides/graph-pictures.md', 'utf8');
  const examples = [
    ...page.matchAll(/^```sh\nnpx intent ([^\n]*)\n```\n\n```(?:text|mermaid)\n(.*?)^```$/gms),
  ].map(([, command = '', output = '']): [string, string] => [command, output]);

  test.each(examples)('intent %s prints what stands there', async (command, output) => {
    expect((await run(...command.split(' ').slice(1))).stdout).toBe(output);
  });

  test('has such examples of both commands', () => {
    expect(examples.map(([command]) => command.split(' ')[1])).toEqual(['show', 'show', 'diff']);
  });

  test.each([...page.matchAll(/--format svg --output (\S+)$/gm)].map(([, file = '']) => file))(
    '%s is what its command writes',
    async (file) => {
      const command = new RegExp(`^npx intent graph (.*) --output ${file}$`, 'm').exec(page)?.[1] ?? '';
      expect((await run(...command.split(' '))).stdout).toBe(await readFile(file, 'utf8'));
    },
  );
});
