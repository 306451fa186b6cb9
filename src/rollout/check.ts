/** What a check found. */
export interface Result {
  status: 'passed' | 'failed' | 'skipped';
  /** What it saw, a line each; of one that was skipped: why. */
  saw: string[];
  /** What is no failure, and should be looked at. */
  warnings?: string[];
  /** What to do about a failure. */
  fix?: string;
}

/**
 * One step of the operator's guide that checks it for real.
 *
 * @example
 * const check: Check<Servers> = {
 *   name: 'connection', title: 'Database connection', step: 3,
 *   run: async (servers) => { await servers.pool('engine').query('SELECT 1'); return passed('it answers'); },
 * };
 */
export interface Check<Context> {
  /** For `--skip`, JSON and JUnit; stable. */
  name: string;
  title: string;
  /** Its place in docs/deployment.md: `before 3`. */
  step: string;
  /** Checks of one lane run one after another, in their order; those without one run at once with everything else. */
  lane?: string;
  /** What it throws is a failure, with this as the fix where the error names none. */
  fix?: string;
  /** Runs even after Ctrl-C: it takes back what others did. */
  always?: boolean;
  run: (context: Context) => Promise<Result>;
}

/** A check and what became of it. */
export interface CheckReport extends Result {
  name: string;
  title: string;
  step: string;
  seconds: number;
}

export function passed(saw: string | string[], warnings: string[] = []): Result {
  return { status: 'passed', saw: [saw].flat(), ...(warnings.length > 0 && { warnings }) };
}

export function failed(saw: string | string[], fix: string): Result {
  return { status: 'failed', saw: [saw].flat(), fix };
}

export function skipped(why: string): Result {
  return { status: 'skipped', saw: [why] };
}

/** Passed where there is no problem, else failed with all of them. */
export function judged(
  problems: readonly string[],
  saw: string | string[],
  fix: string,
  warnings: string[] = [],
): Result {
  if (problems.length === 0) return passed(saw, warnings);
  return { ...failed([...problems], fix), ...(warnings.length > 0 && { warnings }) };
}

/** An error that says itself what to do. */
export class CheckError extends Error {
  override readonly name = 'CheckError';

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}
