import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../../src/dev/machine/process-identity';
import { recordProcess, stopRecordedProcesses } from '../../../src/dev/stack/recorded-processes';

let folder: string;
let bystander: ChildProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-test-'));
  bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
  await once(bystander, 'spawn');
});
afterEach(() => {
  bystander.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('a recorded process that still runs is stopped', async () => {
  recordProcess(folder, 'temporal', bystander.pid!);
  const exited = once(bystander, 'exit');
  expect(await stopRecordedProcesses(folder)).toEqual(['temporal']);
  expect(await exited).toEqual([null, 'SIGTERM']);
  expect(await stopRecordedProcesses(folder)).toEqual([]);
});

test('a process that only has the pid of a recorded one is left alone', async () => {
  const record = { temporal: { pid: bystander.pid, identity: 'of an earlier process' } };
  writeFileSync(join(folder, 'stack.pids.json'), JSON.stringify(record));
  expect(await stopRecordedProcesses(folder)).toEqual([]);
  expect(processIdentity(bystander.pid!)).toBeDefined();
});
