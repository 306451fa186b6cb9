/** From which a dump counts its years. */
const FIRST_YEAR = 1900;

const FORMATS: Readonly<Record<number, string>> = { 1: 'custom', 3: 'tar', 5: 'directory' };

/** What the head of an archive of `pg_dump` says. */
export interface DumpHeader {
  format: string;
  /** By the clock and the time zone of the machine that made it. */
  madeAt: Date;
  database: string;
  serverVersion: string;
}

/**
 * Reads the head of what `pg_dump --format=custom` writes, and of `toc.dat` of a directory: as `pg_restore --list` would, which
 * refuses what a newer pg_dump has written.
 *
 * @returns `undefined` for what is no such archive
 */
export function readDumpHeader(head: Buffer): DumpHeader | undefined {
  if (head.subarray(0, 5).toString('latin1') !== 'PGDMP') return undefined;
  try {
    const [major = 0, minor = 0, , intSize = 0, , format = 0] = head.subarray(5);
    let at = 11;
    const integer = (): number => {
      const sign = head.readUInt8(at) === 1 ? -1 : 1;
      const value = head.readUIntLE(at + 1, intSize);
      at += 1 + intSize;
      return sign * value;
    };
    const text = (): string => {
      const length = integer();
      if (length < 0) return '';
      at += length;
      if (at > head.length) throw new RangeError('It ends before its head does.');
      return head.subarray(at - length, at).toString();
    };
    // Since 1.15 how it is compressed is one byte, and a number before.
    if (major > 1 || minor >= 15) at += 1;
    else integer();
    const [second, minute, hour, day, month, year] = [
      integer(),
      integer(),
      integer(),
      integer(),
      integer(),
      integer(),
    ];
    integer();
    const [database, serverVersion] = [text(), text()];
    const madeAt = new Date(FIRST_YEAR + year, month, day, hour, minute, second);
    return { format: FORMATS[format] ?? `number ${format}`, madeAt, database, serverVersion };
  } catch (error) {
    // Of a buffer that ends too soon.
    if ((error as Error).name === 'RangeError') return undefined;
    throw error;
  }
}
