import { stripVTControlCharacters } from 'node:util';

import { formatGraphReference } from '../../src/graph';
import { hasColours } from '../../src/cli/colours';
import { red, renderLine } from '../../src/cli/painted';
import { tableLines, textTable } from '../../src/cli/text-table';
import { capturedRun } from './captured-run';

const VALID = 'examples/travel-declarations/graph.json';
const TTY = { isTTY: true };
// eslint-disable-next-line no-control-regex
const ESCAPE = /\u001b/;

test.each([
  ['a terminal', TTY, {}, 'auto', true],
  ['no terminal', {}, {}, 'auto', false],
  ['a dumb terminal', TTY, { TERM: 'dumb' }, 'auto', false],
  ['NO_COLOR', TTY, { NO_COLOR: '1' }, 'auto', false],
  ['an empty NO_COLOR', TTY, { NO_COLOR: '' }, 'auto', true],
  ['FORCE_COLOR', {}, { FORCE_COLOR: '1', TERM: 'dumb' }, 'auto', true],
  ['FORCE_COLOR=0', TTY, { FORCE_COLOR: '0' }, 'auto', false],
  ['NO_COLOR and FORCE_COLOR', TTY, { NO_COLOR: '1', FORCE_COLOR: '1' }, 'auto', false],
  ['--color never and FORCE_COLOR', TTY, { FORCE_COLOR: '1' }, 'never', false],
  ['--color always and NO_COLOR', {}, { NO_COLOR: '1' }, 'always', true],
] as const)('with %s', (_, stream, env, choice, colours) => {
  expect(hasColours(stream, env, choice)).toBe(colours);
});

describe('a command that succeeds, one that fails and a help', () => {
  const runs = [['graph', 'validate', VALID], ['graph', 'validate'], ['graph', 'list'], ['--help']];
  const written = async (args: string[], env: NodeJS.ProcessEnv, terminal: { isTTY: boolean }) => {
    const { stdout, stderr } = await capturedRun(args, env, terminal);
    return stdout + stderr;
  };

  test.each(runs.map((args) => [args]))(
    'are coloured on terminals, and say the same elsewhere: %j',
    async (args) => {
      const plain = await written(args, {}, { isTTY: false });
      const coloured = await written(args, {}, TTY);
      expect(plain).not.toMatch(ESCAPE);
      expect(coloured).toMatch(ESCAPE);
      expect(stripVTControlCharacters(coloured)).toBe(plain);
      expect(await written(args, { NO_COLOR: '1' }, TTY)).toBe(plain);
      expect(await written(args, { TERM: 'dumb' }, TTY)).toBe(plain);
      expect(await written(['--color', 'never', ...args], {}, TTY)).toBe(plain);
      expect(await written([...args, '--color', 'always'], {}, { isTTY: false })).toMatch(ESCAPE);
      expect(await written(args, { FORCE_COLOR: '1' }, { isTTY: false })).toMatch(ESCAPE);
    },
  );

  test('an error is red up to its colon, and a valid graph green', async () => {
    expect((await capturedRun(['graph', 'list'], {}, TTY)).stderr).toMatch(
      // eslint-disable-next-line no-control-regex
      /^\u001b\[31merror:\u001b\[39m DATABASE_URL is not set/,
    );
    expect((await capturedRun(['graph', 'validate', VALID], {}, TTY)).stdout).toBe(
      `${VALID}: \u001b[32m${formatGraphReference({ name: 'travel-declarations', version: 1 })} is valid\u001b[39m, 16 states\n`,
    );
  });

  test('a colour that there is not is wrong usage', async () => {
    expect(await capturedRun(['--color', 'sometimes', 'graph', 'schema'])).toMatchObject({
      exitCode: 2,
      stdout: '',
    });
  });
});

test.each([
  [['graph', 'validate', VALID, '--json']],
  [['graph', 'schema']],
  [['graph', 'show', VALID, '--json']],
  [['graph', 'show', VALID, '--format', 'json']],
  [['graph', 'diff', VALID, 'examples/order/graph.ts', '--json']],
  [['graph', 'list', '--json']],
  [['config', 'list', '--json']],
  [['verify', '--json']],
])('what is for programs has no colours, whatever is said: intent %j', async (args) => {
  const { stdout, stderr } = await capturedRun([...args, '--color', 'always'], { FORCE_COLOR: '1' }, TTY);
  expect(stdout).not.toMatch(ESCAPE);
  if (args.includes('--json')) expect(stderr).not.toMatch(ESCAPE);
  if (stdout !== '') JSON.parse(stdout);
});

describe('tables', () => {
  const rows = [
    ['a\u001b[31m', 1, null],
    [red('bb'), 22, 'x'],
  ];
  const coloured = tableLines(['name', 'n', 'more'], rows).map((line) => renderLine(line, true));

  test('have the same columns with colours and without, and control characters written out', () => {
    const plain = textTable(['name', 'n', 'more'], rows);
    expect(plain.split('\n')).toEqual([
      ' name      | n  | more',
      '-----------+----+------',
      String.raw` a\x1B[31m | 1  |`,
      ' bb        | 22 | x',
    ]);
    expect(stripVTControlCharacters(coloured.join('\n'))).toBe(plain);
    expect(coloured[3]).toBe(' \u001b[31mbb\u001b[39m        | 22 | x');
  });
});
