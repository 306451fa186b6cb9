import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where the head of the recorded dump has its time: seconds, minutes and so on, five bytes each, a sign and a number. */
const TIME_AT = 17;

/** What pg_dump 15 --format=custom made of a database of the engine, on 2026-11-28. No pg_dump comes with npm's Postgres. */
export async function recordedDump(): Promise<Buffer> {
  return gunzipSync(await readFile(join(__dirname, 'backups', 'intent.dump.gz')));
}

/** The same as if it had been made at this time. */
export function dumpOf(dump: Buffer, at: Date): Buffer {
  const changed = Buffer.from(dump);
  const parts = [
    at.getSeconds(),
    at.getMinutes(),
    at.getHours(),
    at.getDate(),
    at.getMonth(),
    at.getFullYear() - 1900,
  ];
  parts.forEach((part, index) => changed.writeUInt32LE(part, TIME_AT + index * 5));
  return changed;
}
