import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup, lastLines } from '../machine/run-command';

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  pid: number;
  /** Settles when the process has ended, for whatever reason. Never rejects. */
  exited: Promise<ServerExit>;
  /** The end of what it logged, for an error message. */
  logTail(): string;
  /** Asks it to end, waits, and kills it if it has not ended in time. */
  stop(options?: { signal?: NodeJS.Signals; timeoutMs?: number }): Promise<void>;
}

export interface ServerCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Receives standard output and error; emptied at each start. */
  logFile: string;
  uid?: number | undefined;
  gid?: number | undefined;
  /** Called as soon as the process exists, long before it is ready: for whoever must stop it after a crash of ours. */
  onSpawn?: ((pid: number) => void) | undefined;
}

/**
 * Starts a server in a process group of its own: a terminal's Ctrl-C then reaches only us, and we decide in which
 * order to stop things. It logs to a file and not to a pipe of ours, so it outlives us whole and can be found again.
 *
 * @throws if the command cannot be started at all.
 */
export async function spawnServer(server: ServerCommand): Promise<ServerProcess> {
  const { command, args, env, logFile, uid, gid } = server;
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(command, args, {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log],
    env,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(log);
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid!;
  server.onSpawn?.(pid);
  return {
    pid,
    exited,
    logTail: () => lastLines(readFileSync(logFile, 'utf8')),
    async stop({ signal = 'SIGTERM', timeoutMs = 10_000 } = {}) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), timeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/**
 * Waits until `attempt` succeeds, that is, until the server gives a real answer. Stops the server if it never does.
 *
 * @throws Error with the end of the server's log when it ends first or `timeoutMs` pass.
 */
export async function awaitAnswer(
  name: string,
  server: ServerProcess,
  attempt: () => Promise<void>,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ended: ServerExit | undefined;
  void server.exited.then((exit) => {
    ended = exit;
  });
  try {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (ended) {
          throw new Error(
            `${name} ended with ${ended.signal ?? `code ${ended.code}`} at start${server.logTail()}`,
            { cause: error },
          );
        }
        if (Date.now() > deadline) {
          throw new Error(
            `${name} did not answer within ${timeoutMs / 1000} s (${String(error)})${server.logTail()}`,
            { cause: error },
          );
        }
      }
      await delay(25);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
}
