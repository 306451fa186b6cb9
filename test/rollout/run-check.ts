import type { CheckReport } from '../../src/rollout/check';
import type { Measured } from '../../src/rollout/report';
import { capturedRun } from '../cli/captured-run';

export interface Run {
  exitCode: number;
  stderr: string;
  checks: Map<string, CheckReport>;
  measured: Measured | undefined;
  about: Record<string, string>;
}

/** Runs one of the commands as an operator does, and reads what it reports. */
export async function runChecked(args: string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const { exitCode, stdout, stderr } = await capturedRun([...args, '--json'], env);
  if (stdout === '') throw new Error(`intent ${args.join(' ')} printed nothing: ${stderr}`);
  const { checks, measured, about } = JSON.parse(stdout) as Pick<Run, 'measured' | 'about'> & {
    checks: CheckReport[];
  };
  return { exitCode, stderr, checks: new Map(checks.map((check) => [check.name, check])), measured, about };
}

/** Runs one check alone. Its exit code must say the same as its status. */
export async function runOne(
  command: string,
  name: string,
  env: NodeJS.ProcessEnv,
  args: string[] = [],
): Promise<CheckReport> {
  const { exitCode, checks } = await runChecked([command, '--only', name, ...args], env);
  const report = checks.get(name);
  if (report === undefined) throw new Error(`${command} has no check ${name}`);
  const others = [...checks.values()].some(({ status }) => status === 'failed');
  expect(exitCode).toBe(others ? 1 : 0);
  if (report.status === 'failed') expect(report.fix).not.toBe('');
  return report;
}

/** What it saw, in one text. */
export function seen({ saw }: CheckReport): string {
  return saw.join('\n');
}
