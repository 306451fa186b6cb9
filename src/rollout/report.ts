import type { CheckReport } from './check';

/** What one of the commands found. */
export interface RolloutReport {
  /** `intent preflight` */
  command: string;
  startedAt: Date;
  seconds: number;
  /** Of this program. */
  version: string;
  /** What it was run against, for people: no passwords. */
  about: Record<string, string>;
  checks: CheckReport[];
  /** Of `intent smoke` and `intent rollback-check`. */
  measured?: Measured | undefined;
}

/** How long transitions took, from request to recorded outcome, in milliseconds. */
export interface Measured {
  transitions: number;
  p50Ms: number;
  p95Ms: number;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  warnings: number;
}

export function countsOf(checks: readonly CheckReport[]): Counts {
  const count = (status: CheckReport['status']) => checks.filter((check) => check.status === status).length;
  const warnings = checks.reduce((sum, check) => sum + (check.warnings ?? []).length, 0);
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), warnings };
}
