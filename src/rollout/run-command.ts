import { spawn } from 'node:child_process';

import { ROLLOUT_LIMITS } from './limits';

export interface CommandResult {
  /** Exit code; `null` where a signal or the time limit ended it. */
  code: number | null;
  /** The end of what it printed. */
  output: string;
}

/**
 * Runs a command of a shell to its end. It has a process group of its own, which ends as a whole when it takes too long or
 * `signal` says so.
 */
export async function runCommand(
  command: string,
  { cwd, env, signal }: { cwd?: string; env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd,
      env,
      shell: true,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-ROLLOUT_LIMITS.shownOutput));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended in this moment.
      }
    };
    const late = setTimeout(end, ROLLOUT_LIMITS.scriptMs);
    signal?.addEventListener('abort', end, { once: true });
    const done = () => {
      clearTimeout(late);
      signal?.removeEventListener('abort', end);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code) => {
      done();
      resolve({ code, output: output.trim() });
    });
    if (signal?.aborted) end();
  });
}

/** The last lines of what a program printed. */
export function lastLines(output: string, most = 8): string[] {
  return output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-most);
}
