import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPool } from '../../src/database/pool';
import { graphJsonSchema } from '../../src/graph';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { capturedRun } from './captured-run';

const JSON_GRAPH = 'examples/travel-declarations/graph.json';
const TYPESCRIPT_GRAPH = 'examples/order/graph.ts';

const TICKET = {
  name: 'ticket',
  version: 1,
  steps: [{ key: 'work', label: 'Work', states: ['OPEN'] }],
  transitions: { OPEN: ['CLOSED'] },
  terminal: ['CLOSED'],
};

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intent-cli-'));
  database = await createTestDatabase('cli graph');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

async function graphFile(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('graph validate', () => {
  test('accepts TypeScript and JSON', async () => {
    const { exitCode, stdout } = await capturedRun(['graph', 'validate', TYPESCRIPT_GRAPH, JSON_GRAPH]);
    expect(stdout).toBe(
      `${TYPESCRIPT_GRAPH}: order@1 is valid, 7 states\n` +
        `${JSON_GRAPH}: travel-declarations@1 is valid, 16 states\n`,
    );
    expect(exitCode).toBe(0);
  });

  test('prints every problem with its code and path, and exits with 1', async () => {
    const bad = await graphFile('bad.json', {
      ...TICKET,
      steps: [{ key: 'work', label: 'Work', states: ['OPEN', 'ALONE'] }],
      transitions: { OPEN: ['CLOSED', 'NOWHERE'] },
    });
    const { exitCode, stdout } = await capturedRun(['graph', 'validate', bad, JSON_GRAPH]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/UNKNOWN_TARGET at transitions\.OPEN\[1\]: /);
    expect(stdout).toMatch(/UNREACHABLE_STATE at steps\[0\]\.states\[1\]: /);
    expect(stdout).toMatch(/DEAD_END/);
    expect(stdout).toContain(`${JSON_GRAPH}: travel-declarations@1 is valid`);

    const json = await capturedRun(['graph', 'validate', '--json', bad]);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({
        file: bad,
        valid: false,
        problems: expect.arrayContaining([expect.objectContaining({ code: 'UNKNOWN_TARGET' })]) as unknown,
      }),
    ]);
  });

  test('prints the problems of a TypeScript graph that fails while it is loaded', async () => {
    const source = join(process.cwd(), 'src', 'graph');
    const bad = await graphFile(
      'bad.ts',
      `import { defineGraph } from '${source}';\n` +
        `export default defineGraph(${JSON.stringify({ ...TICKET, terminal: ['CLOSED', 'LOST'] })} as never);\n`,
    );
    const { exitCode, stdout } = await capturedRun(['graph', 'validate', bad]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/UNREACHABLE_STATE at terminal\[1\]: /);
  });

  test.each([
    ['missing.json', undefined, "can't be read"],
    ['not-json.json', '{', 'is not JSON'],
    ['empty.ts', 'export const nothing = 1;', 'exports no graph'],
  ])('says in one line what is wrong with %s', async (name, content, why) => {
    const path = content === undefined ? join(folder, name) : await graphFile(name, content);
    const { exitCode, stdout } = await capturedRun(['graph', 'validate', path]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${path}: .*${why}.*\n$`));
  });
});

describe('graph register', () => {
  test.each([
    [TYPESCRIPT_GRAPH, 'order@1'],
    [JSON_GRAPH, 'travel-declarations@1'],
  ])('registers %s once', async (file, reference) => {
    const env = { DATABASE_URL: database.engineUrl, OWNER_DATABASE_URL: database.ownerUrl };
    const first = await capturedRun(['graph', 'register', file], env);
    expect(first).toEqual({ exitCode: 0, stdout: `Registered ${reference}\n`, stderr: '' });
    const second = await capturedRun(['graph', 'register', file], env);
    expect(second).toEqual({
      exitCode: 0,
      stdout: `${reference} is already registered, unchanged\n`,
      stderr: '',
    });

    const listed = await capturedRun(['graph', 'list', '--json'], { DATABASE_URL: database.engineUrl });
    const references = (JSON.parse(listed.stdout) as Array<{ graph: string }>).map(({ graph }) => graph);
    expect(references.filter((each) => each === reference)).toHaveLength(1);
  });

  test('says that another registration holds the lock, rather than wait for ever', async () => {
    const file = await graphFile('waiting.json', { ...TICKET, name: 'waiting' });
    const env = { OWNER_DATABASE_URL: database.ownerUrl };
    const holder = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test', max: 1 });
    try {
      await holder.query(`SELECT pg_advisory_lock(hashtext('intent-engine: register graph'))`);
      const { exitCode, stderr } = await capturedRun(['graph', 'register', file], env);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('another session holds what this one needs. Try again when that one is done.');
    } finally {
      await holder.end();
    }
    expect(await capturedRun(['graph', 'register', file], env)).toMatchObject({ exitCode: 0 });
  });

  test('refuses a changed definition under a registered version', async () => {
    const env = { OWNER_DATABASE_URL: database.ownerUrl };
    const file = await graphFile('ticket.json', TICKET);
    expect(await capturedRun(['graph', 'register', file, '--json'], env)).toMatchObject({ exitCode: 0 });
    await graphFile('ticket.json', { ...TICKET, title: 'Another one' });
    const { exitCode, stderr } = await capturedRun(['graph', 'register', file], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: ticket@1 is registered already with another definition.* Raise `version`.*\n$/,
    );
  });

  test('refuses an invalid graph with all its problems', async () => {
    const file = await graphFile('invalid.json', { ...TICKET, name: 'invalid', terminal: [] });
    const { exitCode, stderr } = await capturedRun(['graph', 'register', file], {
      OWNER_DATABASE_URL: database.ownerUrl,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/NO_TERMINAL/);
    expect(stderr).toMatch(/UNKNOWN_TARGET/);
  });

  test("says which variable to set when the role is not the owner's", async () => {
    const file = await graphFile('other.json', { ...TICKET, name: 'other' });
    const { exitCode, stderr } = await capturedRun(['graph', 'register', file], {
      DATABASE_URL: database.engineUrl,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: The role of this database URL may not do that .*OWNER_DATABASE_URL.*\n$/);
  });
});

test('graph schema prints the JSON Schema of graph files', async () => {
  const { stdout } = await capturedRun(['graph', 'schema']);
  expect(JSON.parse(stdout)).toEqual(graphJsonSchema());
  expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile('schema/graph.schema.json', 'utf8')));
});

test('migrate on a migrated database changes nothing', async () => {
  const env = { OWNER_DATABASE_URL: database.ownerUrl };
  expect(await capturedRun(['migrate'], env)).toEqual({
    exitCode: 0,
    stdout: 'The schema is up to date\n',
    stderr: '',
  });
  expect(JSON.parse((await capturedRun(['migrate', '--json'], env)).stdout)).toEqual({ applied: [] });
});
