import type { MetricMeter } from '@temporalio/common';
import type { Pool } from 'pg';

import { readLastVerification, type Verification } from '../database/verifications';
import { FINDING_CODES } from '../ops/findings';
import { keepFresh } from './keep-fresh';

/** Gauges, each of the last verification that ended. docs/reference/metrics.md is held equal to this by a test. */
export const VERIFICATION_METRICS = {
  intent_verify_clean: '1 where everything was checked and nothing was found, else 0',
  intent_verify_complete: '1 where it came to its end, else 0',
  intent_verify_findings: 'Findings, by the label code; 0 for a code of which there are none',
  intent_verify_intents: 'Intents that were looked at',
  intent_verify_unchecked_intents: 'Of these, not checked',
  intent_verify_forgotten_intents: "Of these, deleted by Temporal's retention: only Postgres speaks for them",
  intent_verify_filed_intents: 'Of these, in archive files, which a scheduled verification does not read',
  intent_verify_duration_seconds: 'From the beginning of the first attempt to the end',
  intent_verify_last_finished_timestamp_seconds: 'When it ended, as Unix time',
} as const;

/**
 * Keeps the gauges at what the newest row of the table says, whichever worker wrote it: they survive a restart, and
 * several workers say the same. Without a row there are none. While Postgres is away they stay as they were.
 *
 * @returns ends it
 */
export function showVerifications(pool: Pool, meter: MetricMeter): () => void {
  const show = createGauges(meter);
  return keepFresh(async () => {
    const last = await readLastVerification(pool);
    if (last !== undefined) show(last);
  });
}

function createGauges(meter: MetricMeter): (verification: Verification) => void {
  const gauge = (name: keyof typeof VERIFICATION_METRICS) =>
    meter.createGauge(name, 'float', '', VERIFICATION_METRICS[name]);
  const clean = gauge('intent_verify_clean');
  const complete = gauge('intent_verify_complete');
  const findings = gauge('intent_verify_findings');
  const intents = gauge('intent_verify_intents');
  const unchecked = gauge('intent_verify_unchecked_intents');
  const forgotten = gauge('intent_verify_forgotten_intents');
  const filed = gauge('intent_verify_filed_intents');
  const duration = gauge('intent_verify_duration_seconds');
  const finished = gauge('intent_verify_last_finished_timestamp_seconds');
  return (last) => {
    clean.set(last.clean ? 1 : 0);
    complete.set(last.complete ? 1 : 0);
    for (const code of Object.keys(FINDING_CODES)) findings.set(last.findings[code] ?? 0, { code });
    intents.set(last.intents);
    unchecked.set(last.unchecked);
    forgotten.set(last.forgotten);
    filed.set(last.filed);
    duration.set((last.finishedAt.getTime() - last.startedAt.getTime()) / 1_000);
    finished.set(last.finishedAt.getTime() / 1_000);
  };
}
