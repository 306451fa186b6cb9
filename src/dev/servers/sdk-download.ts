import { createWriteStream, readFileSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../machine/run-command';

const HOST = 'https://temporal.download';
const ANSWER_WITHIN_MS = 10_000;
const DOWNLOAD_WITHIN_MS = 10 * 60_000;

/**
 * Downloads what the Temporal SDK itself would download for its own version: the same host and question as
 * `TestWorkflowEnvironment.createLocal` and `createTimeSkipping`. Not through the SDK, because it cannot download
 * without starting a server, and where the host is out of reach it may take minutes to say so.
 *
 * @param artifact `cli` or `temporal-test-server`.
 * @param folder existing folder to put the executable in.
 * @returns path of the executable.
 * @throws Error when the host does not answer within 10 s, or the download fails.
 */
export async function downloadSdkServer(
  artifact: 'cli' | 'temporal-test-server',
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const { archiveUrl, fileToExtract } = await askForArchive(artifact, signal);
  const archive = join(folder, 'archive.tar.gz');
  const response = await fetch(archiveUrl, { signal: anyOf(signal, DOWNLOAD_WITHIN_MS) });
  if (!response.ok || !response.body) throw new Error(`${archiveUrl} answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(archive));
  await runCommand('tar', { args: ['-xzf', archive, '-C', folder, fileToExtract], signal });
  await rm(archive);
  const executable = join(folder, sdkServerFile(artifact));
  await rename(join(folder, fileToExtract), executable);
  await chmod(executable, 0o755);
  return executable;
}

/** Name of the executable in the folder given to {@link downloadSdkServer}. */
export function sdkServerFile(artifact: 'cli' | 'temporal-test-server'): string {
  return artifact === 'cli' ? 'temporal' : 'temporal-test-server';
}

/** Version of the SDK that the download belongs to. */
export function sdkVersion(): string {
  const text = readFileSync(require.resolve('@temporalio/worker/package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function askForArchive(
  artifact: string,
  signal?: AbortSignal,
): Promise<{ archiveUrl: string; fileToExtract: string }> {
  const question = new URLSearchParams({
    arch: process.arch === 'x64' ? 'amd64' : process.arch,
    platform: process.platform,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': sdkVersion(),
  });
  try {
    const response = await fetch(`${HOST}/${artifact}/default?${question.toString()}`, {
      signal: anyOf(signal, ANSWER_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return (await response.json()) as { archiveUrl: string; fileToExtract: string };
  } catch (error) {
    signal?.throwIfAborted();
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new Error(`${HOST} is out of reach (${why})`, { cause: error });
  }
}

function anyOf(signal: AbortSignal | undefined, limitMs: number): AbortSignal {
  const limit = AbortSignal.timeout(limitMs);
  return signal ? AbortSignal.any([signal, limit]) : limit;
}
