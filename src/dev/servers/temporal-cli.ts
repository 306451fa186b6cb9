import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached, cacheFolder, type CacheEntry } from './cache';
import { firstFound } from './first-found';
import { goBuild } from './go-build';
import { findOnPath } from '../machine/find-on-path';
import { silentProgress, type ShowProgress } from '../progress';
import { runCommand } from '../machine/run-command';
import { downloadSdkServer, sdkServerFile, sdkVersion } from './sdk-download';

/** Pinned by `servers/temporal-cli/go.mod`. */
const BUILT: CacheEntry = { what: 'temporal-cli', version: '1.5.1' };

export interface FindOptions {
  log?: (line: string) => void;
  progress?: ShowProgress;
  signal?: AbortSignal | undefined;
}

/**
 * Path of a Temporal CLI, whose `temporal server start-dev` is the development server. In this order:
 * `TEMPORAL_CLI_PATH`, `temporal` on the PATH, the cache, the SDK's own download, a build from the pinned Go module
 * (about 4 minutes on 2 cores, once; needs `go`).
 *
 * @throws Error with a line for each thing looked for and why it didn't do.
 * @example
 * const cli = await findTemporalCli({ log: console.error });
 */
export async function findTemporalCli(options: FindOptions = {}): Promise<string> {
  const { log = () => {}, progress = silentProgress, signal } = options;
  const given = process.env.TEMPORAL_CLI_PATH;
  // Given by name, so never silently replaced by another one.
  if (given) return requireTemporalCli(given, `TEMPORAL_CLI_PATH=${given}`);
  const downloaded: CacheEntry = { what: 'temporal-cli-of-sdk', version: sdkVersion() };
  const download = async (): Promise<string> => {
    const folder = await cached(
      downloaded,
      async (into) => void (await downloadSdkServer('cli', into, signal)),
      {
        log,
        signal,
      },
    );
    return join(folder, sdkServerFile('cli'));
  };
  return firstFound(
    'the Temporal CLI',
    [
      { name: 'TEMPORAL_CLI_PATH', find: () => Promise.reject(new Error('not set')) },
      { name: '`temporal` on the PATH', find: temporalOnPath },
      { name: 'the cache', find: () => inCache([downloaded, BUILT]) },
      { name: "the SDK's download", find: download },
      { name: 'a build with Go', find: () => build({ log, progress, signal }) },
    ],
    'Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 or newer (https://go.dev/dl), ' +
      'or name a binary in TEMPORAL_CLI_PATH.',
    signal,
  );
}

async function requireTemporalCli(path: string, name: string): Promise<string> {
  try {
    const version = await runCommand(path, { args: ['--version'], timeoutMs: 10_000 });
    if (!version.startsWith('temporal version'))
      throw new Error(`it calls itself "${version.split('\n')[0]}"`);
    return path;
  } catch (error) {
    throw new Error(`${name} is not a working Temporal CLI: ${(error as Error).message}`, { cause: error });
  }
}

async function temporalOnPath(): Promise<string> {
  const path = findOnPath('temporal');
  if (!path) throw new Error('not there');
  return requireTemporalCli(path, path);
}

function inCache(entries: CacheEntry[]): string {
  const paths = entries.map((entry) => join(cacheFolder(entry), 'temporal'));
  const path = paths.find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`nothing at ${paths.join(' or ')}`);
  return path;
}

async function build({
  log,
  progress,
  signal,
}: Required<Pick<FindOptions, 'log' | 'progress'>> & FindOptions) {
  const folder = await cached(
    BUILT,
    async (into) => {
      log(`Building the Temporal CLI ${BUILT.version} with Go; about 4 minutes on 2 cores, once.`);
      const shown = progress(`Building the Temporal CLI ${BUILT.version}`);
      try {
        await goBuild({
          module: 'temporal-cli',
          package: 'github.com/temporalio/cli/cmd/temporal',
          output: join(into, 'temporal'),
          step: (text) => shown.step(text),
          signal,
        });
      } finally {
        shown.end();
      }
    },
    { log, signal },
  );
  return join(folder, 'temporal');
}
