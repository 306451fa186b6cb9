import { WORKER_LIMITS } from './limits';

/**
 * Looks at what a metric shows now and then again and again. Where a look fails, since Postgres is away say, the metric stays as it was.
 *
 * @returns ends it
 */
export function keepFresh(look: () => Promise<void>): () => void {
  const quietly = () => void look().catch(() => undefined);
  quietly();
  const timer = setInterval(quietly, WORKER_LIMITS.metricsMs);
  return () => clearInterval(timer);
}
