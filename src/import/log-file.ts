import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The event log can't be read at all. The message names the file and the fix. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';
}

/**
 * The text of an event log as a stream. Compression is told by the first bytes, not by the name.
 *
 * @throws LogFileError when there is no such file
 */
export async function openLogFile(path: string): Promise<Readable> {
  const compressed = await isGzip(path);
  const raw = createReadStream(path);
  if (!compressed) return raw;
  // The callback is there to be called; the error reaches whoever reads the unpacked stream.
  return pipeline(raw, createGunzip(), () => undefined);
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new LogFileError(`${path}: can't be read (${(error as Error).message})`, { cause: error });
  }
}
