import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { processIdentity } from '../../src/dev/machine/process-identity';
import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { runTypeScript } from '../dev/run-typescript';
import { eventually } from '../setup/eventually';
import { childProcesses } from './child-processes';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await makeTemporaryFolder();
});
afterEach(() => folder.remove());

/** Folders of the servers of a run that uses this one for what is temporary. */
function serverFolders(): string[] {
  return readdirSync(folder.path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('intent-engine-'))
    .map(({ name }) => join(folder.path, name));
}

function temporalIsThere(): void {
  const records = serverFolders().map((path) => join(path, 'stack.pids.json'));
  expect(
    records.filter((path) => existsSync(path) && readFileSync(path, 'utf8').includes('temporal')),
  ).toHaveLength(1);
}

interface Started {
  pid: number;
  title: string;
  identity: string | undefined;
}

/** What a process has started, and what that has started, with what tells it from later processes. */
function descendants(pid: number): Started[] {
  return childProcesses(pid).flatMap((child) => [
    { ...child, identity: processIdentity(child.pid) },
    ...descendants(child.pid),
  ]);
}

function isRunning({ pid, identity }: Started): boolean {
  return identity !== undefined && processIdentity(pid) === identity;
}

test.each([
  { phase: 'starts its servers', signal: 'SIGTERM', exitCode: 143, servers: 3 },
  { phase: 'is under load', signal: 'SIGINT', exitCode: 130, servers: 6 },
] as const)(
  'told to end by $signal while it $phase, a run leaves neither a process nor a folder',
  async ({ phase, signal, exitCode, servers }) => {
    const run = runTypeScript('test/faults/main.ts', ['--short', '--seed', '1'], { TMPDIR: folder.path });
    if (phase === 'is under load') await run.line(/, step \d/);
    else await eventually(temporalIsThere);
    const started = descendants(run.child.pid as number);
    expect(started.length).toBeGreaterThanOrEqual(servers);

    run.child.kill(signal);
    expect(await run.ended).toBe(exitCode);
    expect(run.lines.at(-1)).toBe(`Ended by ${signal} during seed 1; all its servers have ended too.`);
    await eventually(() => expect(started.filter(isRunning)).toEqual([]));
    expect(serverFolders()).toEqual([]);
  },
  120_000,
);
