import type { MetricMeter } from '@temporalio/common';
import type { Pool } from 'pg';

import { countRecords, type RecordCounts } from '../database/count-records';
import { MOVE_KINDS, REJECTION_CODES } from '../intent';
import { WORKER_LIMITS } from './limits';

/** Gauges, each an exact count of rows in Postgres. docs/reference/metrics.md is held equal to this by a test. */
export const RECORD_METRICS = {
  intent_recorded_audit_rows: 'Audit rows, by the label kind; 0 for a kind of which there are none',
  intent_recorded_rejections: 'Rejections, by the label code; 0 for a code of which there are none',
  intent_recorded_intents: 'Intents, those that have ended too',
  intent_quarantined_intents: 'Intents of which Postgres refused a transition as contradictory',
} as const;

/**
 * Keeps the gauges at what Postgres holds, whichever worker wrote it. A count reads whole tables, so the next one waits for
 * many times as long as the last one took. While Postgres is away they stay as they were.
 *
 * @returns ends it
 */
export function showRecords(pool: Pool, meter: MetricMeter): () => void {
  const show = createGauges(meter);
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const count = async () => {
    const tookMs = await countRecords(pool).then(
      (counts) => {
        show(counts);
        return counts.tookMs;
      },
      () => 0,
    );
    const pause = Math.max(WORKER_LIMITS.countPauseMs, WORKER_LIMITS.countShare * tookMs);
    if (!ended) timer = setTimeout(() => void count(), pause);
  };
  void count();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

function createGauges(meter: MetricMeter): (counts: RecordCounts) => void {
  const gauge = (name: keyof typeof RECORD_METRICS) =>
    meter.createGauge(name, 'float', '', RECORD_METRICS[name]);
  const auditRows = gauge('intent_recorded_audit_rows');
  const rejections = gauge('intent_recorded_rejections');
  const intents = gauge('intent_recorded_intents');
  const quarantined = gauge('intent_quarantined_intents');
  return (counts) => {
    for (const kind of keysOf(MOVE_KINDS)) auditRows.set(counts.auditRows[kind] ?? 0, { kind });
    for (const code of keysOf(REJECTION_CODES)) rejections.set(counts.rejections[code] ?? 0, { code });
    intents.set(counts.intents);
    quarantined.set(counts.quarantined);
  };
}

function keysOf<T extends object>(table: T): Array<keyof T & string> {
  return Object.keys(table) as Array<keyof T & string>;
}
