import { PassThrough } from 'node:stream';

import { runCli } from '../../src/cli/run-cli';

export interface CapturedRun {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `intent` in this process, with nothing in its environment but `env`; on a terminal, if `isTTY`. */
export async function capturedRun(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  { isTTY = false }: { isTTY?: boolean } = {},
): Promise<CapturedRun> {
  const out: string[] = [];
  const err: string[] = [];
  const stderr = Object.assign(new PassThrough(), { isTTY });
  stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const stdout = { write: (text: string) => out.push(text), isTTY };
  const exitCode = await runCli(args, { env, stdout, stderr });
  stderr.end();
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}
