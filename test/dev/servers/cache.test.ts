import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, cacheFolder } from '../../../src/dev/servers/cache';
import { runTypeScript } from '../run-typescript';

const FILL = 'test/dev/servers/fill-cache.ts';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('of two processes at once, one fills the entry and the other waits for it', async () => {
  const both = [runTypeScript(FILL, [root]), runTypeScript(FILL, [root])];
  const filling = await Promise.any(both.map(async (each) => (await each.line(/^filling$/), each)));
  const waiting = both.find((each) => each !== filling)!;
  await waiting.line(new RegExp(`^Waiting for process ${filling.child.pid}`));

  filling.child.stdin.end();

  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(waiting.lines).not.toContain('filling');
  const folder = cacheFolder({ what: 'thing', version: '1', root });
  expect(readFileSync(join(folder, 'filled-by'), 'utf8')).toBe(String(filling.child.pid));
  expect(readdirSync(root)).toEqual([folder.slice(root.length + 1)]);
});

test('a process killed half way leaves nothing that counts, and the next one cleans up after it', async () => {
  const first = runTypeScript(FILL, [root]);
  await first.line(/^filling$/);
  first.child.kill('SIGKILL');
  await first.ended;
  const entry = { what: 'thing', version: '1', root };
  expect(existsSync(cacheFolder(entry))).toBe(false);

  const folder = await cached(entry, async () => {});

  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(root)).toHaveLength(1);
});

test('a filling that fails is not kept', async () => {
  const entry = { what: 'thing', version: '2', root };
  await expect(cached(entry, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
  expect(readdirSync(root)).toEqual([]);
});
