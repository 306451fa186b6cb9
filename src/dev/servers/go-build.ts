import { join } from 'node:path';
import { CHECKOUT } from '../checkout';
import { findOnPath } from '../machine/find-on-path';
import { runCommand } from '../machine/run-command';

export interface GoBuild {
  /** Folder of the pinned module, below `servers`. */
  module: string;
  /** Import path of the main package. */
  package: string;
  /** Path of the executable. */
  output: string;
  /** Told each package that is compiled and each module that is downloaded. */
  step: (text: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Builds an executable from a Go module that is pinned by a `go.mod` and `go.sum` of ours.
 *
 * @throws Error when `go` is not on the PATH or the build fails.
 */
export async function goBuild({ module, package: main, output, step, signal }: GoBuild): Promise<void> {
  if (!findOnPath('go')) throw new Error('`go` is not on the PATH');
  let packages = 0;
  await runCommand('go', {
    // -v names each package as it is compiled, and go names each module as it is downloaded.
    args: [
      'build',
      '-v',
      '-trimpath',
      '-mod=readonly',
      '-buildvcs=false',
      '-ldflags=-s -w',
      '-o',
      output,
      main,
    ],
    cwd: join(CHECKOUT, 'servers', module),
    // No C compiler needed (its SQLite is written in Go), and no surrounding workspace looked at.
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOOS: '', GOARCH: '' },
    signal,
    onLine: (line) => {
      if (line.startsWith('go: ')) step(line.slice('go: '.length));
      else step(`${++packages} packages compiled, ${line}`);
    },
  });
}
