import { PassThrough } from 'node:stream';

import { runCli } from '../../src/cli/run-cli';

export interface CapturedRun {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `intent` in this process, with nothing in its environment but `env`. */
export async function capturedRun(args: string[], env: NodeJS.ProcessEnv = {}): Promise<CapturedRun> {
  const out: string[] = [];
  const err: string[] = [];
  const stderr = new PassThrough();
  stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const stdout = { write: (text: string) => out.push(text) };
  const exitCode = await runCli(args, { env, stdout, stderr });
  stderr.end();
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}
