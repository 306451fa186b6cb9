import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { findOnPath } from '../machine/find-on-path';
import { runCommand } from '../machine/run-command';
import { cached } from './cache';
import { firstFound } from './first-found';
import type { FindOptions } from './temporal-cli';

/** Debian's name for it; Ubuntu has the same. Both programs are in it. */
const PACKAGE = 'prometheus';

export interface PrometheusBinaries {
  prometheus: string;
  /** Checks rules, and runs their unit tests. */
  promtool: string;
}

/**
 * Paths of Prometheus and its `promtool`. In this order: both on the PATH, then Debian's package, which is downloaded by
 * apt (19 MB, once for each version) and unpacked into the cache. Nothing is installed.
 *
 * @throws Error with a line for each thing looked for and why it didn't do.
 * @example
 * const { promtool } = await findPrometheus({ log: console.error });
 */
export async function findPrometheus(options: FindOptions = {}): Promise<PrometheusBinaries> {
  const folder = await firstFound(
    'Prometheus',
    [
      { name: '`prometheus` and `promtool` on the PATH', find: folderOnPath },
      { name: "Debian's package", find: () => unpackedPackage(options) },
    ],
    'Install Prometheus (https://prometheus.io/download), so that `prometheus` and `promtool` are on the PATH.',
    options.signal,
  );
  return { prometheus: join(folder, 'prometheus'), promtool: join(folder, 'promtool') };
}

function folderOnPath(): string {
  const [prometheus, promtool] = [findOnPath('prometheus'), findOnPath('promtool')];
  if (!prometheus || !promtool) throw new Error('not there');
  if (dirname(prometheus) !== dirname(promtool)) {
    throw new Error(`they are in two folders: ${prometheus}, ${promtool}`);
  }
  return dirname(prometheus);
}

async function unpackedPackage({ log = () => {}, signal }: FindOptions): Promise<string> {
  if (!findOnPath('apt-get') || !findOnPath('dpkg-deb')) throw new Error('this is no Debian');
  const version = await offeredVersion(signal);
  // A version may have an epoch: 1:2.3.
  return cached(
    { what: PACKAGE, version: version.replaceAll(':', '_') },
    async (into) => {
      log(`Downloading Debian's package ${PACKAGE} ${version}; 19 MB, once.`);
      const download = join(into, 'download');
      await mkdir(download);
      await runCommand('apt-get', {
        args: ['download', `${PACKAGE}=${version}`],
        cwd: download,
        signal,
      });
      const [file] = await readdir(download);
      if (file === undefined) throw new Error('apt-get downloaded nothing');
      const unpacked = join(into, 'unpacked');
      await runCommand('dpkg-deb', { args: ['-x', join(download, file), unpacked], signal });
      for (const program of ['prometheus', 'promtool']) {
        await rename(join(unpacked, 'usr', 'bin', program), join(into, program));
      }
      for (const rest of [download, unpacked]) await rm(rest, { recursive: true });
    },
    { log, signal },
  );
}

/** The version that apt would install. A fresh container has no lists yet: then they are fetched, as root. */
async function offeredVersion(signal?: AbortSignal): Promise<string> {
  const candidate = async () => {
    const policy = await runCommand('apt-cache', { args: ['policy', PACKAGE], signal });
    const [, version] = /Candidate: (?!\(none\))(\S+)/.exec(policy) ?? [];
    return version;
  };
  const known = await candidate();
  if (known !== undefined) return known;
  await runCommand('apt-get', { args: ['update'], signal });
  const fetched = await candidate();
  if (fetched === undefined) throw new Error(`apt knows no package ${PACKAGE}`);
  return fetched;
}
