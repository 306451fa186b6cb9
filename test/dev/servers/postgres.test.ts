import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from '../../../src/dev/servers/postgres';

const settings = { fsync: 'off' };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postgres-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('as root, data under a folder that only root can enter is kept elsewhere and linked', async () => {
  // A folder of mkdtemp has mode 0700, like a checkout under /root.
  const dataDir = join(folder, 'data');
  const log: string[] = [];
  const first = await startPostgres({ dataDir, settings, log: (line) => log.push(line) });
  const real = realpathSync(dataDir);
  try {
    expect(lstatSync(dataDir).isSymbolicLink()).toBe(true);
    expect(dirname(real)).toBe('/var/lib/intent-engine');
    expect(log).toEqual([expect.stringContaining(`its data is at ${real}, linked from there`)]);
    await query(first.superuserUrl, 'CREATE TABLE kept ()');
    await first.stop();

    const second = await startPostgres({ dataDir, settings, log: (line) => log.push(line) });
    await query(second.superuserUrl, 'SELECT FROM kept');
    await second.stop();
    expect(log).toHaveLength(1);
  } finally {
    await first.stop();
    rmSync(real, { recursive: true, force: true });
  }
});

test('it listens on the loopback address only, wants a password, and keeps that to its owner', async () => {
  const dataDir = join(folder, 'data');
  const postgres = await startPostgres({ dataDir, settings });
  const real = realpathSync(dataDir);
  try {
    const { rows } = await query(postgres.superuserUrl, 'SHOW listen_addresses');
    expect(rows).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = Object.assign(new URL(postgres.superuserUrl), { password: 'wrong' }).href;
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(`${dataDir}.password`).mode & 0o777).toBe(0o600);
  } finally {
    await postgres.stop();
    rmSync(real, { recursive: true, force: true });
  }
  expect(await postgres.exited).toEqual({ code: 0, signal: null });
});

test('a folder with something else in it is refused untouched', async () => {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'thesis.txt'), '');
  await expect(startPostgres({ dataDir })).rejects.toThrow(
    `${dataDir} is not empty and holds no Postgres data`,
  );
  expect(existsSync(join(dataDir, 'thesis.txt'))).toBe(true);
});

test('a server that cannot start says why', async () => {
  const dataDir = join(folder, 'data');
  const broken = startPostgres({ dataDir, settings: { max_connections: 'many' } });
  await expect(broken).rejects.toThrow(
    /Postgres ended with code 1 at start:[^]*invalid value for parameter "max_connections"/,
  );
  rmSync(realpathSync(dataDir), { recursive: true });
});

async function query(connectionString: string, sql: string) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
