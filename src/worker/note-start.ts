import type { Pool } from 'pg';

import { isUnavailable } from '../database/is-unavailable';
import { noteWorkerStart } from '../database/worker-starts';
import { WORKER_LIMITS } from './limits';

/** Tells Postgres that this worker has started, if Postgres listens. */
export async function noteStarted(pool: Pool): Promise<void> {
  await noteWorkerStart(pool).catch(() => undefined);
}

/**
 * Tells Postgres why this worker refuses to start, so that the others show it. One that Postgres refuses, or whose schema is too
 * old for it, can't be told there: it is missed only as one that serves no metrics.
 *
 * @param redact leaves out what is secret
 */
export async function noteRefused(
  pool: Pool,
  error: unknown,
  redact: (text: string) => string,
): Promise<void> {
  if (isUnavailable(error)) return;
  const problem = redact(error instanceof Error ? error.message : String(error));
  await noteWorkerStart(pool, problem.slice(0, WORKER_LIMITS.startProblemLength) || 'unknown').catch(
    () => undefined,
  );
}
