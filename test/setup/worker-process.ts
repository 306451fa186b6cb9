import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface WorkerProcess {
  pid: number;
  output: string[];
  /** Resolves with the exit code, or the signal that ended it. */
  exited: Promise<number | NodeJS.Signals>;
  /** The first line that contains `text`; fails when the process ends before it comes. */
  sees(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

const CHECKOUT = join(__dirname, '..', '..');

/**
 * The worker as operators run it: the built program, in a process of its own.
 *
 * @param nodeOptions of Node, which come before the program
 */
export function startWorkerProcess(
  args: string[],
  env: Record<string, string>,
  nodeOptions: string[] = [],
): WorkerProcess {
  return startProcess([...nodeOptions, join(CHECKOUT, 'dist', 'worker', 'main.js'), ...args], env);
}

const running = new Set<ChildProcess>();

/** Ends, by SIGKILL, what a failed test left behind: for `afterAll`. */
export function killLeftovers(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * A Node program in a process of its own, whose lines are kept.
 *
 * @param where another Node than the one that runs the tests, in another folder than the checkout
 */
export function startProcess(
  args: string[],
  env: Record<string, string>,
  { node = process.execPath, cwd = CHECKOUT }: { node?: string; cwd?: string } = {},
): WorkerProcess {
  const { PATH, HOME } = process.env;
  const child = spawn(node, args, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      for (const listener of listeners) listener();
    });
  }
  running.add(child);
  const exited = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return (signal ?? code) as number | NodeJS.Signals;
  });
  return {
    pid: child.pid as number,
    output,
    exited,
    kill: (signal) => void child.kill(signal),
    async sees(text) {
      const found = new Promise<string>((resolve) => {
        const look = (): void => {
          const line = output.find((candidate) => candidate.includes(text));
          if (line === undefined) return;
          listeners.delete(look);
          resolve(line);
        };
        listeners.add(look);
        look();
      });
      const ended = exited.then((how) => {
        throw new Error(`The process ended (${how}) before it printed "${text}":\n${output.join('\n')}`);
      });
      return Promise.race([found, ended]);
    },
  };
}
