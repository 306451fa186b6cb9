import { join } from 'node:path';
import { cached, cacheFolder, isCached, type CacheEntry } from './cache';
import { firstFound } from './first-found';
import { goBuild } from './go-build';
import { findOnPath } from '../machine/find-on-path';
import { silentProgress } from '../progress';
import type { FindOptions } from './temporal-cli';

/** Pinned by `servers/temporal-server/go.mod`: the version that the Temporal CLI's dev server has, too. */
const BUILT: CacheEntry = { what: 'temporal-server', version: '1.29.1' };

/** Named as in the release archives of Temporal. */
const SERVER = 'temporal-server';
const SQL_TOOL = 'temporal-sql-tool';

export interface TemporalServerBinaries {
  /** The server that operators run, for a database of their own. */
  server: string;
  /** Makes and updates the tables that the server needs. */
  sqlTool: string;
}

/**
 * Paths of the Temporal server and its schema tool. In this order: both on the PATH, the cache, a build from the
 * pinned Go module (about 4 minutes on 2 cores, once; needs `go`).
 *
 * @throws Error with a line for each thing looked for and why it didn't do.
 * @example
 * const { server, sqlTool } = await findTemporalServerBinaries({ log: console.error });
 */
export async function findTemporalServerBinaries(options: FindOptions = {}): Promise<TemporalServerBinaries> {
  const { log = () => {}, progress = silentProgress, signal } = options;
  const build = () =>
    cached(
      BUILT,
      async (into) => {
        log(`Building the Temporal server ${BUILT.version} with Go; about 4 minutes on 2 cores, once.`);
        const shown = progress(`Building the Temporal server ${BUILT.version}`);
        const step = (text: string) => shown.step(text);
        try {
          for (const [name, main] of [
            [SERVER, 'go.temporal.io/server/cmd/server'],
            [SQL_TOOL, 'go.temporal.io/server/cmd/tools/sql'],
          ] as const) {
            await goBuild({
              module: 'temporal-server',
              package: main,
              output: join(into, name),
              step,
              signal,
            });
          }
        } finally {
          shown.end();
        }
      },
      { log, signal },
    );
  const folder = await firstFound(
    'the Temporal server',
    [
      { name: `\`${SERVER}\` and \`${SQL_TOOL}\` on the PATH`, find: folderOnPath },
      { name: 'the cache', find: folderInCache },
      { name: 'a build with Go', find: build },
    ],
    'Install Go 1.25 or newer (https://go.dev/dl), or put both programs of a release of ' +
      'https://github.com/temporalio/temporal on the PATH.',
    signal,
  );
  return { server: join(folder, SERVER), sqlTool: join(folder, SQL_TOOL) };
}

function folderOnPath(): string {
  const [server, sqlTool] = [findOnPath(SERVER), findOnPath(SQL_TOOL)];
  if (!server || !sqlTool) throw new Error('not there');
  const folder = server.slice(0, -SERVER.length - 1);
  if (sqlTool !== join(folder, SQL_TOOL)) throw new Error(`they are in two folders: ${server}, ${sqlTool}`);
  return folder;
}

function folderInCache(): string {
  if (!isCached(BUILT)) throw new Error(`nothing at ${cacheFolder(BUILT)}`);
  return cacheFolder(BUILT);
}
