import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { figure, lines } from './panels';

/** The dashboard of `intents.json`. Rows go from "is anything wrong" to "where". */
export function intentsDashboard(): Dashboard {
  return new DashboardBuilder('Intents')
    .uid('intent-engine')
    .description(
      'The intent engine: Temporal decides, Postgres witnesses. Alerts and runbooks: docs/guides/monitoring.md',
    )
    .tags(['intent-engine'])
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('prometheus').label('Prometheus').type('prometheus'))

    .withRow(new RowBuilder('Is anything wrong?'))
    .withPanel(
      figure({
        title: 'Alerts',
        description: 'That fire now. Each links to its runbook.',
        unit: 'short',
        expr: 'count(ALERTS{service="intent-engine",alertstate="firing"}) or vector(0)',
        red: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Transitions without a row',
        description: 'A second: decided, less written.',
        unit: 'reqps',
        expr: 'clamp_min(intent:transitions:rate3m - intent:audit_rows:rate3m, 0)',
        red: 0.01,
      }),
    )
    .withPanel(
      figure({
        title: 'Unrecorded outcomes',
        description: 'Decided, and not in Postgres yet. Some are always under way.',
        unit: 'short',
        expr: 'sum(intent_unrecorded_outcomes)',
        red: 1_000,
      }),
    )
    .withPanel(
      figure({
        title: 'Quarantined intents',
        description: 'Postgres refused a row of them as contradictory.',
        unit: 'short',
        expr: 'max(intent_quarantined_intents)',
        red: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Findings',
        description: 'Of the newest verification.',
        unit: 'short',
        expr: 'sum(max by (code) (intent_verify_findings))',
        red: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Since the last verification',
        description: 'With a schedule of every 15 minutes it is less than an hour.',
        unit: 's',
        expr: 'time() - max(intent_verify_last_finished_timestamp_seconds)',
        red: 3_600,
      }),
    )

    .withRow(new RowBuilder('Requests and outcomes'))
    .withPanel(
      lines({
        title: 'Requests, by their outcome',
        description: 'Decided a second. What is not applied or voted was rejected with that code.',
        unit: 'reqps',
        of: { '{{outcome}}': 'sum by (outcome) (rate(intent_requests_total[$__rate_interval]))' },
      }),
    )
    .withPanel(
      lines({
        title: 'Requests, and what is usual',
        description: 'The mean of this time of the last seven days, and three standard deviations around it.',
        unit: 'reqps',
        of: {
          now: 'intent:requests:rate15m',
          usual: 'intent:requests:usual_mean',
          high: 'intent:requests:usual_mean + 3 * intent:requests:usual_deviation',
          low: 'clamp_min(intent:requests:usual_mean - 3 * intent:requests:usual_deviation, 0)',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Failures of concurrency',
        description: 'Share of requests that lost against another one. An alert fires above 10 %.',
        unit: 'percentunit',
        of: { share: 'intent:concurrency_failures:rate5m / (intent:requests:rate5m > 0)' },
      }),
    )

    .withRow(new RowBuilder('The mirror in Postgres'))
    .withPanel(
      lines({
        title: 'Decided and written',
        description: 'Transitions a second, as decided and as written. The lines lie on each other.',
        unit: 'reqps',
        of: { decided: 'intent:transitions:rate3m', written: 'intent:audit_rows:rate3m' },
      }),
    )
    .withPanel(
      lines({
        title: 'Mirror lag',
        description: 'From the decision to the row.',
        unit: 's',
        of: {
          'half of them':
            'histogram_quantile(0.5, sum by (le) (rate(intent_mirror_lag_seconds_bucket[$__rate_interval])))',
          '99 %': 'intent:mirror_lag_seconds:p99_5m',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'One recording',
        description: 'How long an activity takes to record.',
        unit: 's',
        of: {
          'half of them':
            'histogram_quantile(0.5, sum by (le) (rate(intent_record_duration_seconds_bucket[$__rate_interval])))',
          '99 %':
            'histogram_quantile(0.99, sum by (le) (rate(intent_record_duration_seconds_bucket[$__rate_interval])))',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Audit rows, counted in Postgres',
        description: 'Exact, by kind. It never falls.',
        unit: 'short',
        of: { '{{kind}}': 'max by (kind) (intent_recorded_audit_rows)' },
      }),
    )
    .withPanel(
      lines({
        title: 'Rejections, counted in Postgres',
        description: 'Exact, by code.',
        unit: 'short',
        of: { '{{code}}': 'max by (code) (intent_recorded_rejections)' },
      }),
    )
    .withPanel(
      lines({
        title: 'Intents, counted in Postgres',
        description: 'All that there are, and those that are quarantined.',
        unit: 'short',
        of: { intents: 'max(intent_recorded_intents)', quarantined: 'max(intent_quarantined_intents)' },
      }),
    )

    .withRow(new RowBuilder('Verification'))
    .withPanel(
      lines({
        title: 'Findings, by code',
        description: 'Of the newest verification. None is a line at 0.',
        unit: 'short',
        of: { '{{code}}': 'max by (code) (intent_verify_findings)' },
      }),
    )
    .withPanel(
      lines({
        title: 'What was looked at',
        description: 'Intents of the newest verification, and of these what could not be checked.',
        unit: 'short',
        of: {
          intents: 'max(intent_verify_intents)',
          'not checked': 'max(intent_verify_unchecked_intents)',
          'forgotten by Temporal': 'max(intent_verify_forgotten_intents)',
          'in archive files': 'max(intent_verify_filed_intents)',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'How long it takes',
        description: 'Where it takes longer than the interval, the next one is skipped.',
        unit: 's',
        of: { duration: 'max(intent_verify_duration_seconds)' },
      }),
    )

    .withRow(new RowBuilder('Workers'))
    .withPanel(
      lines({
        title: 'Workers',
        description: 'That answer, and those whose start was refused within an hour.',
        unit: 'short',
        of: {
          up: 'sum(up{job="intent-worker"})',
          validated: 'sum(intent_startup_validation)',
          'refused starts': 'max(intent_startup_failures_recent)',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Workflow tasks wait for a worker',
        description: '95 % wait no longer, by task queue. An alert fires above 5 s.',
        unit: 'ms',
        of: { '{{task_queue}}': 'intent:workflow_task_wait_milliseconds:p95_5m' },
      }),
    )
    .withPanel(
      lines({
        title: 'Free slots',
        description: 'Of all workers together. At 0 they can take no more.',
        unit: 'short',
        of: {
          '{{task_queue}}, {{worker_type}}':
            'sum by (task_queue, worker_type) (temporal_worker_task_slots_available)',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Workflow tasks that fail',
        description: 'NonDeterminismError: the code does not fit the history.',
        unit: 'reqps',
        of: {
          '{{workflow_type}}: {{failure_reason}}':
            'sum by (workflow_type, failure_reason) (rate(temporal_workflow_task_execution_failed[$__rate_interval]))',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Workflow tasks take',
        description: '95 % take no longer. Well below the 10 s that a task has.',
        unit: 'ms',
        of: {
          '{{task_queue}}':
            'histogram_quantile(0.95, sum by (task_queue, le) (rate(temporal_workflow_task_execution_latency_bucket[$__rate_interval])))',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Workflows kept in memory',
        description: 'And those that had to be replayed.',
        unit: 'short',
        of: {
          'kept, {{task_queue}}': 'sum by (task_queue) (temporal_sticky_cache_size)',
          'replayed a second, {{task_queue}}':
            'sum by (task_queue) (rate(temporal_sticky_cache_miss[$__rate_interval]))',
        },
      }),
    )

    .withRow(new RowBuilder('HTTP API'))
    .withPanel(
      lines({
        title: 'Answers, by status',
        description: 'A second.',
        unit: 'reqps',
        of: { '{{status}}': 'sum by (status) (rate(intent_http_requests_total[$__rate_interval]))' },
      }),
    )
    .withPanel(
      lines({
        title: 'How long an answer takes',
        description:
          '95 % take no longer, by route. Those that wait for an outcome take as long as they were told to.',
        unit: 's',
        of: {
          '{{method}} {{route}}':
            'histogram_quantile(0.95, sum by (method, route, le) (rate(intent_http_request_duration_seconds_bucket[$__rate_interval])))',
        },
      }),
    )
    .withPanel(
      lines({
        title: 'Keys, outcomes and streams',
        description:
          'Uses of keys by their result, outcomes that were answered, and event streams that are open.',
        unit: 'short',
        of: {
          'key {{result}}': 'sum by (result) (rate(intent_key_uses_total[$__rate_interval]))',
          'outcome {{outcome}}': 'sum by (outcome) (rate(intent_http_outcomes_total[$__rate_interval]))',
          streams: 'sum(intent_event_streams)',
        },
      }),
    )
    .build();
}
