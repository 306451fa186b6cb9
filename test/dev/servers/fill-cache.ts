/** A process that wants a cache entry: tells what it does on standard output, and fills until standard input ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../../../src/dev/servers/cache';

const [, , root = ''] = process.argv;

async function main(): Promise<void> {
  const folder = await cached(
    { what: 'thing', version: '1', root },
    async (into) => {
      writeFileSync(join(into, 'first-half'), '');
      console.log('filling');
      for await (const _ of process.stdin);
      writeFileSync(join(into, 'filled-by'), String(process.pid));
    },
    { log: (line) => console.log(line) },
  );
  console.log(`done ${folder}`);
  process.exit(0);
}

void main();
