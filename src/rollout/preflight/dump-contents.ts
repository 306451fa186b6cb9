import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

import { ROLLOUT_LIMITS } from '../limits';

/** Tables without which a backup is not one of the engine. */
export const BACKED_UP = [
  'intent_workflows',
  'pgmigrations',
  'workflow_graphs',
  'workflow_transition_audit',
  'workflow_transition_rejections',
];

/** The last words of a dump in SQL. */
const END = 'PostgreSQL database dump complete';

export interface DumpContents {
  /** Those of {@link BACKED_UP} whose rows are not in it. */
  missing: string[];
  /** Whether its last words are there; only a dump in SQL has them. */
  ended: boolean;
}

/** Looks for the rows of the engine's tables in a dump, or its table of contents: each has a statement there that loads them. */
export async function readDumpContents(file: string): Promise<DumpContents> {
  const missing = new Set(BACKED_UP);
  let ended = false;
  let rest = '';
  for await (const chunk of textOf(file)) {
    const text = rest + chunk;
    for (const table of missing) {
      if (text.includes(`COPY public.${table} (`) || text.includes(`INSERT INTO public.${table} `))
        missing.delete(table);
    }
    ended ||= text.includes(END);
    // What is looked for may lie across two chunks.
    rest = text.slice(-LONGEST);
  }
  return { missing: [...missing].sort(), ended };
}

const LONGEST = 200;

/** The first bytes of a file, unpacked if it is packed by gzip. */
export async function headOf(file: string, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of await bytesOf(file)) {
    parts.push(part);
    length += part.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

async function* textOf(file: string): AsyncGenerator<string> {
  for await (const bytes of await bytesOf(file)) yield bytes.toString('latin1');
}

async function bytesOf(file: string): Promise<AsyncIterable<Buffer>> {
  const stream = createReadStream(file, { highWaterMark: ROLLOUT_LIMITS.chunkBytes });
  if (!(await isGzip(file))) return stream as AsyncIterable<Buffer>;
  const unpacked = createGunzip();
  stream.on('error', (error) => unpacked.destroy(error));
  return stream.pipe(unpacked) as AsyncIterable<Buffer>;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(2) });
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
