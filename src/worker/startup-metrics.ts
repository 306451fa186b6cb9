import type { MetricMeter } from '@temporalio/common';
import type { Pool } from 'pg';

import { countFailedStarts } from '../database/worker-starts';
import { keepFresh } from './keep-fresh';
import { WORKER_LIMITS } from './limits';

/** docs/reference/metrics.md is held equal to this by a test. */
export const STARTUP_METRICS = {
  intent_startup_validation: '1 once this worker has checked schema and graphs at its start, until then 0',
  intent_startup_failures_recent: 'Workers that refused to start within the last hour, as Postgres was told',
} as const;

/**
 * Says whether this worker's checks have passed, and keeps the count of those that refused to start at what Postgres says: they
 * serve no metrics themselves, so those that run speak for them.
 */
export function showStarts(pool: Pool, meter: MetricMeter): { passed: () => void; end: () => void } {
  const gauge = (name: keyof typeof STARTUP_METRICS) =>
    meter.createGauge(name, 'int', '', STARTUP_METRICS[name]);
  const validation = gauge('intent_startup_validation');
  const failures = gauge('intent_startup_failures_recent');
  validation.set(0);
  const end = keepFresh(async () =>
    failures.set(await countFailedStarts(pool, WORKER_LIMITS.recentStartsSeconds)),
  );
  return { passed: () => validation.set(1), end };
}
