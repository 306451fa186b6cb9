import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHECKOUT } from '../../src/dev/checkout';

export interface TypeScriptProcess {
  child: ChildProcessWithoutNullStreams;
  /** All lines so far, of both outputs. */
  lines: string[];
  /** Resolves with the first line that matches, printed already or later. Rejects if the process ends without it. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code, or the signal that ended the process. */
  ended: Promise<number | NodeJS.Signals>;
}

const running = new Set<ChildProcessWithoutNullStreams>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs one of our TypeScript files as a process of its own, which ends with the test at the latest. */
export function runTypeScript(
  file: string,
  args: string[] = [],
  env: Record<string, string | undefined> = {},
): TypeScriptProcess {
  const child = spawn(process.execPath, ['--import', 'jiti/register', join(CHECKOUT, file), ...args], {
    cwd: CHECKOUT,
    env: { ...process.env, ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: string[] = [];
  const lineEvents = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    lineEvents.emit('stderr', line);
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    child,
    lines,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found !== undefined) resolve(found);
        };
        look();
        lineEvents.on('line', look).on('stderr', look);
        void ended.then((how) =>
          reject(new Error(`${file} ended with ${how} before ${pattern}:\n${lines.join('\n')}`)),
        );
      }),
  };
}
