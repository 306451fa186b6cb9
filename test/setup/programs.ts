import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { findOnPath } from '../../src/dev/machine/find-on-path';
import { runCommand } from '../../src/dev/machine/run-command';
import { cached } from '../../src/dev/servers/cache';

/** Runs a program of another language with variables of the environment, and returns what it prints. */
export type Program = (env: Record<string, string>) => Promise<string>;

/** Longer than a first run takes, which compiles Temporal's SDK for Go: 2 minutes on 2 cores. */
export const FIRST_RUN_MS = 600_000;

const RUN_MS = 60_000;

/**
 * A Python program. What its `requirements.txt` pins is installed once, beside the cached servers; needs `python3` with pip.
 *
 * @param folder in the checkout
 */
export async function pythonProgram(folder: string, file: string): Promise<Program> {
  const path = join(CHECKOUT, folder);
  if (!findOnPath('python3')) throw new Error('`python3` is not on the PATH: install Python 3.10 or newer.');
  const python = await runCommand('python3', {
    args: ['-c', 'import sys; print(*sys.version_info[:2], sep=".")'],
  });
  const requirements = join(path, 'requirements.txt');
  const version = `${python.trim()}-${digest(requirements)}`;
  const packages = await cached({ what: 'python-packages', version }, async (into) => {
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', into, '-r', requirements];
    await runCommand('python3', { args });
  });
  const run: Program = (env) =>
    runCommand('python3', {
      args: [join(path, file)],
      env: { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1', ...env },
      timeoutMs: RUN_MS,
    });
  return run;
}

/**
 * A Go program, built once from its pinned modules, beside the cached servers; needs `go`.
 *
 * @param folder in the checkout
 */
export async function goProgram(folder: string): Promise<Program> {
  const path = join(CHECKOUT, folder);
  if (!findOnPath('go')) throw new Error('`go` is not on the PATH: install Go 1.25 or newer.');
  const version = digest(...['go.mod', 'go.sum', 'main.go'].map((name) => join(path, name)));
  const built = await cached({ what: 'go-example', version }, async (into) => {
    const output = join(into, 'program');
    await runCommand('go', {
      args: ['build', '-trimpath', '-mod=readonly', '-buildvcs=false', '-ldflags=-s -w', '-o', output, '.'],
      cwd: path,
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOOS: '', GOARCH: '' },
    });
  });
  return (env) =>
    runCommand(join(built, 'program'), { args: [], env: { ...process.env, ...env }, timeoutMs: RUN_MS });
}

/** Of the contents of files, for the version of a cache entry. */
export function digest(...files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
