import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processIdentity } from '../machine/process-identity';
import { killGroup } from '../machine/run-command';

export type ProcessName = 'prometheus' | 'gateway' | 'worker' | 'temporal' | 'postgres';

interface RecordedProcess {
  pid: number;
  /** Tells it from a later process with the same pid. */
  identity: string;
}

type Recorded = Partial<Record<ProcessName, RecordedProcess>>;

/** The order in which to stop: gateway and worker need both servers to drain. */
export const STOP_ORDER: ProcessName[] = ['prometheus', 'gateway', 'worker', 'temporal', 'postgres'];
/** Postgres' fast shutdown is SIGINT. */
const STOP_SIGNAL: Record<ProcessName, NodeJS.Signals> = {
  prometheus: 'SIGTERM',
  gateway: 'SIGTERM',
  worker: 'SIGTERM',
  temporal: 'SIGTERM',
  postgres: 'SIGINT',
};

/** Notes a process that we started, at once, so that the next start can stop it if we get killed. */
export function recordProcess(folder: string, name: ProcessName, pid: number): void {
  const identity = processIdentity(pid);
  if (identity === undefined) return;
  write(folder, { ...read(folder), [name]: { pid, identity } });
}

/** Forgets all of them, after they were stopped. */
export function forgetProcesses(folder: string): void {
  rmSync(recordFile(folder), { force: true });
}

/**
 * Stops the recorded processes that still run, one after another, each with 10 s to end by itself.
 *
 * @returns the names of those that had to be stopped.
 */
export async function stopRecordedProcesses(
  folder: string,
  log: (line: string) => void = () => {},
): Promise<ProcessName[]> {
  const recorded = read(folder);
  const stopped: ProcessName[] = [];
  for (const name of STOP_ORDER) {
    const entry = recorded[name];
    if (!entry || !isRunning(entry)) continue;
    log(`Stopping ${name} (pid ${entry.pid}), left behind by a start that was killed.`);
    await stop(entry, STOP_SIGNAL[name]);
    stopped.push(name);
  }
  forgetProcesses(folder);
  return stopped;
}

/** Kills everything recorded, without waiting: the way out when stopping in order takes too long. */
export function killRecordedProcesses(folder: string): void {
  for (const entry of Object.values(read(folder))) {
    if (entry && isRunning(entry)) killGroup(entry.pid, 'SIGKILL');
  }
  forgetProcesses(folder);
}

async function stop(entry: RecordedProcess, signal: NodeJS.Signals): Promise<void> {
  process.kill(entry.pid, signal);
  const deadline = Date.now() + 10_000;
  while (isRunning(entry)) {
    if (Date.now() > deadline) killGroup(entry.pid, 'SIGKILL');
    // Not a child of ours, so its end can only be polled for.
    await delay(25);
  }
}

function isRunning({ pid, identity }: RecordedProcess): boolean {
  return processIdentity(pid) === identity;
}

function recordFile(folder: string): string {
  return join(folder, 'stack.pids.json');
}

function read(folder: string): Recorded {
  if (!existsSync(recordFile(folder))) return {};
  try {
    return JSON.parse(readFileSync(recordFile(folder), 'utf8')) as Recorded;
  } catch {
    return {};
  }
}

function write(folder: string, record: Recorded): void {
  const partial = `${recordFile(folder)}.partial`;
  writeFileSync(partial, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, recordFile(folder));
}
