import { metricMeter } from '@temporalio/workflow';

/** What workflows tell while they decide. docs/reference/metrics.md is held equal to this by a test. */
export const WORKFLOW_METRICS = {
  intent_transitions_total: 'Transitions that workflows have decided on this worker, creations among them',
  intent_mirror_lag_seconds:
    'From the decision until the workflow knows that Postgres has it, of each outcome; a histogram',
} as const;

/** Upper ends of the histogram's buckets. */
export const WORKFLOW_BUCKETS: Record<string, number[]> = {
  intent_mirror_lag_seconds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900],
};

// Metrics are no commands, so they cost no history, and none are told in replay. A workflow task that is tried again, since a
// worker died say, decides again.

export function countTransition(): void {
  const name = 'intent_transitions_total';
  metricMeter.createCounter(name, '', WORKFLOW_METRICS[name]).add(1);
}

/** @param since time of the decision, milliseconds */
export function noteRecorded(since: number): void {
  const name = 'intent_mirror_lag_seconds';
  const lag = Math.max(0, Date.now() - since) / 1_000;
  metricMeter.createHistogram(name, 'float', '', WORKFLOW_METRICS[name]).record(lag);
}
