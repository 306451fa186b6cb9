import { spawn } from 'node:child_process';

export interface CommandOptions {
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number | undefined;
  gid?: number | undefined;
  /** Called with each line the command prints. */
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
  /** Limit in milliseconds; then the command is killed. Default: none. */
  timeoutMs?: number;
}

/**
 * Runs a command to its end and gives what it printed.
 *
 * @throws Error that holds the last lines printed, if the command is missing, fails, is stopped or takes too long.
 * @example
 * await runCommand('go', { args: ['version'] }); // 'go version go1.26 linux/amd64\n'
 */
export async function runCommand(command: string, options: CommandOptions): Promise<string> {
  const { args, cwd, env, uid, gid, onLine, signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a terminal's Ctrl-C reaches only us and stopping it also stops what it started.
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', kill);
  limit?.addEventListener('abort', kill);

  let output = '';
  let rest = '';
  const collect = (chunk: string) => {
    output += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine?.(line);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  try {
    const [code, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...result) => resolve(result));
    });
    signal?.throwIfAborted();
    if (limit?.aborted) throw new Error(`${command} took longer than ${timeoutMs! / 1000} s`);
    if (code !== 0) {
      throw new Error(`${command} ended with ${killedBy ?? `code ${code}`}${lastLines(output)}`);
    }
    return output;
  } finally {
    signal?.removeEventListener('abort', kill);
    limit?.removeEventListener('abort', kill);
  }
}

/** Signals a process and everything in its group; a process that is gone already is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The end of a log, indented, for the tail of an error message. Empty for an empty log. */
export function lastLines(text: string, count = 8): string {
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.join('').trim() === '' ? '' : `:\n  ${lines.join('\n  ')}`;
}
