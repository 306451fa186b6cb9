import { capturedRun } from './captured-run';

const ID = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';
/** Nothing listens on port 1. */
const NO_SERVERS = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', TEMPORAL_ADDRESS: '127.0.0.1:1' };

test.each([
  [['grahp'], 'Did you mean graph?'],
  [['graph', 'regsiter'], 'Did you mean register?'],
  [['graph', 'validate', '--jsn', 'x'], 'Did you mean --json?'],
])('a wrong word suggests the right one: intent %j', async (args, suggestion) => {
  const { exitCode, stderr } = await capturedRun(args);
  expect(stderr).toContain(suggestion);
  expect(exitCode).toBe(2);
});

test.each([
  ['no command', []],
  ['a missing argument', ['describe']],
  ['one argument too many', ['describe', ID, 'more']],
  ['a missing option', ['create']],
  ['metadata that is no object', ['transition', ID, 'X', '--metadata', '[1]']],
  ['a sequence that is no number', ['cancel', ID, '--expected-sequence', 'last']],
  ['a timeout that is no number', ['describe', ID, '--timeout', 'soon']],
  ['a timeout of more than a day', ['describe', ID, '--timeout', '86401']],
  [
    'more cases in flight than there may be',
    ['import', 'log.csv', '--organization', ID, '--graph', 'a', '--concurrency', '1001'],
  ],
  ['an id that is none', ['history', 'campaign-17']],
  ['an import without a graph', ['import', 'log.csv', '--organization', ID]],
  [
    'an import with two graphs',
    ['import', 'log.csv', '--organization', ID, '--graph', 'a', '--graph-file', 'b'],
  ],
  ['an organization that is none', ['import', 'log.csv', '--organization', 'ours', '--graph', 'a']],
])('wrong usage exits with 2 before anything is tried: %s', async (_, args) => {
  const { exitCode, stdout, stderr } = await capturedRun(args, NO_SERVERS);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([[[]], [['create']], [['graph', 'register']], [['import']], [['transition']]])(
  'help comes on standard output, with examples and exit codes: intent %j --help',
  async (args) => {
    const { exitCode, stdout, stderr } = await capturedRun([...args, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Examples?:/);
    expect(stdout).toContain('Exit codes:');
    expect(stderr).toBe('');
  },
);

test('servers that do not answer are named with the variable to look at, in one line', async () => {
  const postgres = await capturedRun(['history', ID], NO_SERVERS);
  expect(postgres).toMatchObject({ exitCode: 1, stdout: '' });
  expect(postgres.stderr).toBe(
    'error: DATABASE_URL: Postgres does not answer at 127.0.0.1:1 (ECONNREFUSED). Is it running?\n',
  );
  const temporal = await capturedRun(['describe', ID], NO_SERVERS);
  expect(temporal.exitCode).toBe(1);
  expect(temporal.stderr).toMatch(
    /^error: TEMPORAL_ADDRESS: Temporal does not answer at 127\.0\.0\.1:1 .*\n$/,
  );
});

test('a Temporal alone in the environment is not mixed with the Postgres of a local stack', async () => {
  const { exitCode, stderr } = await capturedRun(['describe', ID], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: DATABASE_URL is not set: .*\n$/);
});
