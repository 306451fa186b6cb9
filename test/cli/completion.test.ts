import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CHECKOUT } from '../../src/dev/checkout';
import { capturedRun } from './captured-run';

const run = promisify(execFile);

/** In a process of its own, as shells call it. */
async function intent(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(CHECKOUT, 'dist', 'cli', 'main.js'), ...args]);
  return stdout;
}

/** The words that are offered for the last one of a line. */
async function offered(...words: string[]): Promise<string[]> {
  const lines = (await intent('complete', '--', ...words)).trim().split('\n');
  return lines.filter((line) => !line.startsWith(':')).map((line) => line.split('\t', 1)[0] ?? '');
}

test('words are completed: commands, their commands and options', async () => {
  expect(await offered('ver')).toEqual(['verify']);
  expect(await offered('')).toEqual(expect.arrayContaining(['create', 'list', 'watch', 'completion']));
  expect(await offered('graph', 'd')).toEqual(['diff']);
  expect(await offered('config', 'delete')).toEqual(['delete', 'delete-profile']);
  expect(await offered('config', 'set', '--')).toEqual(['--prop', '--value', '--drop-comments', '--help']);
  expect(await offered('--prof')).toEqual(['--profile']);
  expect(await offered('list', '--cr')).toEqual(['--created-since', '--created-before']);
  expect(await offered('completion', 'z')).toEqual(['zsh']);
});

test('the script for bash is one, and asks this program', async () => {
  const script = await intent('completion', 'bash');
  expect(script).toContain('intent complete -- ');
  expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test('a shell that it does not know exits with 2 and names those it does', async () => {
  const { exitCode, stderr } = await capturedRun(['completion', 'tcsh']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish, powershell.');
});
