import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHECKOUT } from '../checkout';
import { killGroup } from '../machine/run-command';
import type { ServerExit } from '../servers/server-process';

export interface ProgramOptions {
  env: NodeJS.ProcessEnv;
  /** Called with each line that it prints. */
  onLine: (line: string) => void;
  onSpawn?: ((pid: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface ProgramProcess {
  pid: number;
  exited: Promise<ServerExit>;
  /** Lets it finish what it is doing (it drains on SIGTERM), for 30 s at most. */
  stop(): Promise<void>;
}

/** A program of ours that runs as a process of its own. */
export type Program = 'worker' | 'gateway';

/** The program ended before it was ready. */
export class ProgramFailedError extends Error {
  override readonly name = 'ProgramFailedError';
  constructor(
    readonly program: Program,
    readonly exitCode: number,
    readonly reason: string,
  ) {
    super(`The ${program} ended with code ${exitCode} at start${reason ? `: ${reason}` : ''}`);
  }
}

/** How the line begins that says that it is ready. */
const READY: Record<Program, string> = { worker: 'Worker ready', gateway: 'Gateway ready' };

const DRAIN_WITHIN_MS = 30_000;

/**
 * Runs the compiled worker, or gateway, as a process of its own, as in production, and resolves when it is ready.
 *
 * @throws ProgramFailedError when it ends first.
 */
export async function startProgram(program: Program, options: ProgramOptions): Promise<ProgramProcess> {
  const main = join(CHECKOUT, 'dist', program, 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build.`);
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn(process.execPath, [main], {
    cwd: CHECKOUT,
    // Their lines are shown between those of the stack: not one for each transition, unless that is asked for.
    env: { INTENT_LOG_LEVEL: 'warn', INTENT_LOG_FORMAT: 'pretty', ...options.env },
    // A group of its own: Ctrl-C reaches only us, and we let it drain while the servers are still there.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('close', (code, killedBy) => resolve({ code, signal: killedBy }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid!;
  options.onSpawn?.(pid);

  let lastLine = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        options.onLine(line);
        if (line.trim() !== '') lastLine = line;
        if (line.startsWith(READY[program])) resolve();
      });
    }
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), DRAIN_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    }
  };
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const failed = exited.then(({ code }) => {
    throw new ProgramFailedError(program, code ?? 1, lastLine);
  });
  try {
    await Promise.race([ready, failed, aborted]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const promise of [failed, aborted]) promise.catch(() => {});
  }
  return { pid, exited, stop };
}
