import type { MetricMeter } from '@temporalio/common';
import type { Pool } from 'pg';

import { showRecords } from './record-metrics';
import { showStarts } from './startup-metrics';
import { showVerifications } from './verification-metrics';

interface ShownMetrics {
  /** The checks at the start have passed. */
  passed: () => void;
  end: () => void;
}

/** Shows what Postgres says to Prometheus, for as long as the worker runs. */
export function showMetrics(pool: Pool, meter: MetricMeter): ShownMetrics {
  const starts = showStarts(pool, meter);
  const ends = [starts.end, showVerifications(pool, meter), showRecords(pool, meter)];
  return { passed: starts.passed, end: () => ends.forEach((end) => end()) };
}

/** Of a worker that serves no metrics. */
export const NO_METRICS: ShownMetrics = { passed: () => undefined, end: () => undefined };
