import { noopMetricMeter, type Logger, type MetricMeter } from '@temporalio/common';

import type { DecidedTransition, Decision } from '../intent';
import type { RecordOutcomesRequest } from '../workflows/activities';
import { Backlog } from './backlog';

/** What is measured where outcomes are recorded. docs/reference/metrics.md is held equal to this by a test. */
export const RECORDING_METRICS = {
  intent_requests_total:
    'Outcomes that this worker has written, by the label outcome: applied, voted, or the code of the rejection',
  intent_audit_rows_total: 'Audit rows that this worker has written, creations among them',
  intent_record_duration_seconds: 'How long it took to record a batch of outcomes in Postgres; a histogram',
  intent_unrecorded_outcomes:
    'Outcomes that this worker was asked to record and that are not in Postgres yet',
} as const;

/** Upper ends of the histogram's buckets. A local activity has three seconds, one attempt of a regular one 15. */
export const RECORDING_BUCKETS: Record<string, number[]> = {
  intent_record_duration_seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 15],
};

/** What is recorded. */
interface Measured extends Pick<RecordOutcomesRequest, 'id' | 'traces'> {
  /** How many. */
  outcomes: number;
}

/** What is told of a recording. */
interface Recorded {
  /** Decisions that are new. */
  written: readonly Decision[];
  /** `name@version`, where it is known. */
  graph?: string;
}

/** Measures recordings, and logs a line for each transition that is new. What was stored before is neither counted nor logged. */
export class RecordingTelemetry {
  private readonly requests;
  private readonly auditRows;
  private readonly duration;
  private readonly backlog: Backlog;

  constructor(
    meter: MetricMeter,
    private readonly logger: Logger,
  ) {
    const describe = (name: keyof typeof RECORDING_METRICS) => [name, '', RECORDING_METRICS[name]] as const;
    this.requests = meter.createCounter(...describe('intent_requests_total'));
    this.auditRows = meter.createCounter(...describe('intent_audit_rows_total'));
    this.duration = meter.createHistogram(
      'intent_record_duration_seconds',
      'float',
      '',
      RECORDING_METRICS.intent_record_duration_seconds,
    );
    const unrecorded = meter.createGauge(
      'intent_unrecorded_outcomes',
      'int',
      '',
      RECORDING_METRICS.intent_unrecorded_outcomes,
    );
    unrecorded.set(0);
    this.backlog = new Backlog((outcomes) => unrecorded.set(outcomes));
  }

  /**
   * Runs what records outcomes of an intent.
   *
   * @param record says which of them are new
   */
  async measure<T extends Recorded>(
    { id: intentId, outcomes, traces = {} }: Measured,
    record: () => Promise<T>,
  ): Promise<T> {
    this.backlog.began(intentId, outcomes);
    const begun = performance.now();
    try {
      const recorded = await record();
      this.backlog.recorded(intentId);
      this.duration.record((performance.now() - begun) / 1_000);
      for (const decision of recorded.written) {
        this.tell(intentId, recorded.graph, decision, traces[decision.requestId]);
      }
      return recorded;
    } catch (error) {
      this.backlog.failed(intentId);
      throw error;
    }
  }

  private tell(
    intentId: string,
    graph: string | undefined,
    decision: Decision,
    traceparent: string | undefined,
  ): void {
    const { status } = decision;
    this.requests.add(1, { outcome: status === 'rejected' ? decision.code : status });
    if (status !== 'applied') return;
    this.auditRows.add(1);
    const traceId = traceparent?.split('-')[1];
    this.logger.info('transition', {
      ...fieldsOf(intentId, graph, decision),
      ...(traceId !== undefined && { traceId }),
    });
  }
}

/** Nothing that is said by or about people. */
function fieldsOf(
  workflowId: string,
  graph: string | undefined,
  { requestId, sequence, previousState, newState, kind, graphVersion }: DecidedTransition,
): Record<string, unknown> {
  return {
    workflowId,
    requestId,
    sequence,
    previousState,
    newState,
    kind: kind ?? 'transition',
    ...(graph !== undefined ? { graph } : graphVersion !== undefined && { graphVersion }),
  };
}

const SILENT: Logger = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Of activities that nobody measures. */
export const UNHEARD_TELEMETRY = new RecordingTelemetry(noopMetricMeter, SILENT);
