import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder } from '../../../src/dev/machine/temporary-folder';
import { runTypeScript } from '../run-typescript';

test('the folder of a process that was killed is removed by the next one, that of a live one is not', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'temporary-test-'));
  const hold = () => runTypeScript('test/dev/machine/hold-folder.ts', [parent]);
  const [killed, alive] = [hold(), hold()];
  const [gone, kept] = await Promise.all([killed.line(/intent-engine-/), alive.line(/intent-engine-/)]);
  killed.child.kill('SIGKILL');
  await killed.ended;

  const mine = await makeTemporaryFolder(parent);

  expect([existsSync(gone), existsSync(kept), existsSync(mine.path)]).toEqual([false, true, true]);
  rmSync(parent, { recursive: true });
});
