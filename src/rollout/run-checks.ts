import { CheckError, failed, skipped, type Check, type CheckReport, type Result } from './check';

interface RunOptions {
  /** Names of checks to leave out, which the report shows as skipped. */
  skip: readonly string[];
  /** Stops before the next check; those that clean up run all the same. */
  signal?: AbortSignal | undefined;
  onReport?: ((report: CheckReport) => void) | undefined;
}

/** Runs checks, as many at once as their lanes allow. The reports are in the order of the checks. */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  { skip, signal, onReport }: RunOptions,
): Promise<CheckReport[]> {
  const lanes = new Map<string, Promise<unknown>>();
  return Promise.all(
    checks.map((check) => {
      const before = check.lane === undefined ? undefined : lanes.get(check.lane);
      const running = (async () => {
        await before;
        const report = await runCheck(check, context, { skip, signal });
        onReport?.(report);
        return report;
      })();
      if (check.lane !== undefined) lanes.set(check.lane, running);
      return running;
    }),
  );
}

async function runCheck<Context>(
  check: Check<Context>,
  context: Context,
  { skip, signal }: Pick<RunOptions, 'skip' | 'signal'>,
): Promise<CheckReport> {
  const { name, title, step } = check;
  const startedAt = performance.now();
  const result = await resultOf(check, context, { skip, signal });
  return { name, title, step, seconds: Math.round(performance.now() - startedAt) / 1_000, ...result };
}

async function resultOf<Context>(
  check: Check<Context>,
  context: Context,
  { skip, signal }: Pick<RunOptions, 'skip' | 'signal'>,
): Promise<Result> {
  if (skip.includes(check.name)) return skipped(`left out by --skip ${check.name}`);
  if (signal?.aborted && !check.always) return failed('it was interrupted', 'Run it again.');
  try {
    return await check.run(context);
  } catch (error) {
    const fix = error instanceof CheckError ? error.fix : (check.fix ?? 'See the message, and run it again.');
    return failed(messageOf(error), fix);
  }
}

/** With the cause, which is what a driver or gRPC says; never with a stack. */
export function messageOf(error: unknown): string {
  const texts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    const text = current.message || current.name;
    if (!texts.some((known) => known.includes(text))) texts.push(text);
    // Of several addresses that were tried, the driver names none in its own message.
    if (current instanceof AggregateError)
      texts.push(...current.errors.map((each) => String((each as Error).message)));
  }
  return texts.length === 0 ? String(error) : texts.join(': ');
}
