import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheFolder, isCached, type CacheEntry } from './cache';
import { CHECKOUT } from '../checkout';
import { firstFound } from './first-found';
import { silentProgress } from '../progress';
import { runCommand } from '../machine/run-command';
import { downloadSdkServer, sdkServerFile, sdkVersion } from './sdk-download';
import type { FindOptions } from './temporal-cli';

/** Pinned by `servers/temporal-test-server/pom.xml`. */
const JARS: CacheEntry = { what: 'temporal-test-server', version: '1.38.0' };
const ARTIFACT = 'temporal-test-server';

/** Serial collection and the first compiler tier: it lives for one test run, and should be up soon. */
const SCRIPT = `#!/bin/sh
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

/**
 * Path of an executable for Temporal's time-skipping test server. In this order: `TEMPORAL_TEST_SERVER_PATH`, the
 * cache, the SDK's own download, the pinned jars through Maven (about 20 s, once; needs `mvn` and `java`).
 *
 * @throws Error with a line for each thing looked for and why it didn't do.
 * @example
 * const path = await findTimeSkippingServer({ log: console.error });
 * await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
 */
export async function findTimeSkippingServer(options: FindOptions = {}): Promise<string> {
  const { log = () => {}, progress = silentProgress, signal } = options;
  const given = process.env.TEMPORAL_TEST_SERVER_PATH;
  if (given) return given;
  const downloaded: CacheEntry = { what: `${ARTIFACT}-of-sdk`, version: sdkVersion() };
  const executableIn = (folder: string) => join(folder, sdkServerFile(ARTIFACT));
  const known = [downloaded, JARS].find(isCached);
  if (known) return executableIn(cacheFolder(known));

  const download = async (): Promise<string> =>
    executableIn(
      await cached(downloaded, async (into) => void (await downloadSdkServer(ARTIFACT, into, signal)), {
        log,
        signal,
      }),
    );
  const resolveJars = async (): Promise<string> => {
    await runCommand('java', { args: ['-version'], signal });
    const folder = await cached(
      JARS,
      async (into) => {
        const shown = progress(`Resolving the time-skipping test server ${JARS.version} with Maven`);
        try {
          await copyJars(into, signal);
        } finally {
          shown.end();
        }
      },
      { log, signal },
    );
    return executableIn(folder);
  };
  return firstFound(
    'the time-skipping test server',
    [
      { name: 'the cache', find: () => Promise.reject(new Error(`nothing at ${cacheFolder(JARS)}`)) },
      { name: "the SDK's download", find: download },
      { name: 'Maven', find: resolveJars },
    ],
    'Install Maven and a Java runtime (17 or newer), or name an executable in TEMPORAL_TEST_SERVER_PATH.',
    signal,
  );
}

async function copyJars(folder: string, signal?: AbortSignal): Promise<void> {
  const pom = join(CHECKOUT, 'servers', 'temporal-test-server', 'pom.xml');
  const lib = join(folder, 'lib');
  await runCommand('mvn', {
    args: ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`],
    signal,
  });
  const script = join(folder, sdkServerFile(ARTIFACT));
  await writeFile(script, SCRIPT);
  await chmod(script, 0o755);
}
