import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { runTypeScript } from '../dev/run-typescript';
import { HISTORIES } from '../histories/recorded';
import type { Change } from './change';
import { FROZEN } from './frozen-files';
import { EXIT, exitCodeFor, formatChanges } from './report';

/** Copies of all files that the commands read and write. */
let folder: TemporaryFolder;
let frozen: string;
let histories: string;
beforeAll(async () => {
  folder = await makeTemporaryFolder();
  frozen = join(folder.path, 'frozen');
  histories = join(folder.path, 'histories');
  cpSync(FROZEN, frozen, { recursive: true });
  cpSync(HISTORIES, histories, { recursive: true });
  // The longest one takes the most time, and its scenario has another.
  rmSync(join(histories, 'continued-1.v1.json.gz'));
});
afterAll(() => folder.remove());

async function run(
  command: 'freeze' | 'verify',
  ...args: string[]
): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const places = ['--frozen', frozen, '--histories', histories];
  const { ended, lines } = runTypeScript(`test/freeze/${command}.ts`, [...args, ...places]);
  return { code: await ended, output: lines.join('\n') };
}

test('a change is caught, refused, accepted by name, and then holds; a scenario is recorded anew beside the old one', async () => {
  const graph = join(frozen, 'graphs', 'order@1.json');
  const message = join(frozen, 'messages', 'query.describe.json');
  writeFileSync(graph, readFileSync(graph, 'utf8').replace('"Cart"', '"Basket"'));
  rmSync(message);

  const caught = await run('verify', '--json');
  expect(caught.code).toBe(EXIT.incompatible);
  const { changes } = JSON.parse(caught.output.slice(0, caught.output.lastIndexOf('}') + 1)) as {
    changes: Change[];
  };
  expect(changes.map(({ verdict, subject }) => `${verdict}: ${subject}`)).toEqual([
    'incompatible: graph order@1',
    'not-frozen: query describe',
  ]);
  expect(caught.output).toContain('npm run freeze -- --accept');

  const refused = await run('freeze', 'walk');
  expect(refused.code).toBe(EXIT.incompatible);
  expect(refused.output).toMatch(/INCOMPATIBLE {2}graph order@1 .*"Basket" → "Cart"/);
  expect(refused.output).toContain('Nothing was frozen.');
  expect([existsSync(message), existsSync(join(histories, 'walk.v2.json.gz'))]).toEqual([false, false]);

  const accepted = await run('freeze', '--accept', 'walk');
  expect(accepted.output).toMatch(/^Accepted: graph order@1 has another definition/m);
  expect(accepted.output).toMatch(/^Noted: query describe is new$/m);
  expect(accepted.output).toMatch(/^Noted: history walk\.v2 has no frozen trail yet$/m);
  expect(accepted.code).toBe(EXIT.holds);
  // As it stands in the checkout again.
  for (const name of ['graphs/order@1.json', 'messages/query.describe.json', 'trails/walk.v1.json.gz']) {
    expect(readFileSync(join(frozen, name))).toEqual(readFileSync(join(FROZEN, name)));
  }
  expect(readFileSync(join(histories, 'walk.v1.json.gz'))).toEqual(
    readFileSync(join(HISTORIES, 'walk.v1.json.gz')),
  );

  expect(await run('verify')).toEqual({ code: EXIT.holds, output: 'All that is frozen holds.' });
}, 400_000);

test('a scenario that is not there and an option that is not known change nothing', async () => {
  const unknown = await run('freeze', 'no-such-scenario');
  expect(unknown.code).toBe(EXIT.notChecked);
  expect(unknown.output).toMatch(/no scenario no-such-scenario\. There are: .*walk/);
  expect((await run('verify', '--fast')).code).toBe(EXIT.notChecked);
}, 100_000);

test('the exit code is that of the worst change, and each change says what to do', () => {
  const noted: Change = { verdict: 'not-frozen', subject: 'query a', what: 'is new', fix: 'Freeze it.' };
  const broken: Change = { verdict: 'incompatible', subject: 'query b', what: 'is gone', fix: 'Keep it.' };
  expect([[], [noted], [noted, broken]].map(exitCodeFor)).toEqual([0, 3, 1]);
  expect(formatChanges([broken, noted])).toBe(
    'INCOMPATIBLE  query b is gone\n    Keep it.\nNOT FROZEN  query a is new\n    Freeze it.',
  );
});
