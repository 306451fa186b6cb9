/** A process that starts a stack without a worker, prints its environment and its Postgres' pid, and then just lives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStack } from '../../../src/dev/stack/stack';

const [, , dataDir = '', port = ''] = process.argv;

async function main(): Promise<void> {
  const stack = await startStack({
    dataDir,
    ports: { postgres: Number(port) },
    postgresSettings: { fsync: 'off' },
    worker: false,
    environment: { TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS },
  });
  const pids = JSON.parse(readFileSync(join(dataDir, 'stack.pids.json'), 'utf8')) as {
    postgres: { pid: number };
  };
  console.log(JSON.stringify({ pid: pids.postgres.pid, env: stack.env }));
  setInterval(() => {}, 1000);
}

void main();
