import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** What there is to say of a file that was written. */
export interface WrittenFile {
  sha256: string;
  bytes: number;
}

/** Rows of one intent as an archive file has them: each the row of the table as Postgres prints it as JSON. */
export interface ArchivedIntent {
  id: string;
  audit: string[];
  rejections: string[];
  votes: string[];
}

/**
 * Writes rows to a file, gzip over a line of JSON for each. The file appears in one step, when all of it is on the disk.
 *
 * @param lines each the JSON of one row
 */
export async function writeArchiveFile(path: string, lines: AsyncIterable<string>): Promise<WrittenFile> {
  const partial = `${path}.partial`;
  const handle = await open(partial, 'w', 0o640);
  try {
    await pipeline(
      Readable.from(withNewlines(lines)),
      createGzip(),
      handle.createWriteStream({ flush: true }),
    );
  } finally {
    await handle.close().catch(() => undefined);
  }
  const written = { sha256: await sha256Of(partial), bytes: (await stat(partial)).size };
  await rename(partial, path);
  await syncFolder(dirname(path));
  return written;
}

/** A small file, on the disk when this returns, and never there in part. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const partial = `${path}.partial`;
  const handle = await open(partial, 'w', 0o640);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, path);
  await syncFolder(dirname(path));
}

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The intents of a file, one after another: their rows stand together. */
export async function* readArchiveFile(folder: string, name: string): AsyncGenerator<ArchivedIntent> {
  const lines = createInterface({ input: createReadStream(join(folder, name)).pipe(createGunzip()) });
  let intent: ArchivedIntent | undefined;
  for await (const line of lines) {
    if (line === '') continue;
    const row = JSON.parse(line) as { workflow_id: string; sequence?: number; voted_at?: string };
    if (intent !== undefined && intent.id !== row.workflow_id) {
      yield intent;
      intent = undefined;
    }
    intent ??= { id: row.workflow_id, audit: [], rejections: [], votes: [] };
    const rows = row.voted_at === undefined ? intent.rejections : intent.votes;
    (row.sequence === undefined ? rows : intent.audit).push(line);
  }
  if (intent !== undefined) yield intent;
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** A rename is on the disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
