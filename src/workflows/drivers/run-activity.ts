import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';

import { durationMs, GRAPH_DEFAULTS, type ActivityRule } from '../../graph';
import { bounded, type Json, type WorkOrder } from '../../intent';

/** Why an activity failed for good, as audit rows keep it. */
export interface Failure extends Record<string, Json> {
  /** Type of the error that the worker threw; `TIMEOUT` where it was not heard of in time. */
  type: string;
  message: string;
}

/**
 * Runs the activity that a rule names, with its timeouts and retries. Rejects with an ActivityFailure; the promise stays
 * open after a cancellation until the worker has let go, so that what comes next does not run beside it.
 *
 * @param summary a line for the Web UI
 */
export function runActivity(rule: ActivityRule, order: WorkOrder, summary: string): Promise<unknown> {
  const { taskQueue, startToCloseTimeout = GRAPH_DEFAULTS.startToCloseTimeout, retry } = rule;
  const activities = proxyActivities<Record<string, (order: WorkOrder) => Promise<unknown>>>({
    taskQueue,
    summary,
    startToCloseTimeout: durationMs(startToCloseTimeout),
    ...inMs({
      scheduleToStartTimeout: rule.scheduleToStartTimeout,
      scheduleToCloseTimeout: rule.scheduleToCloseTimeout,
      heartbeatTimeout: rule.heartbeatTimeout,
    }),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      maximumAttempts: retry?.maximumAttempts ?? GRAPH_DEFAULTS.maximumAttempts,
      ...inMs({ initialInterval: retry?.initialInterval, maximumInterval: retry?.maximumInterval }),
      ...(retry?.backoffCoefficient !== undefined && { backoffCoefficient: retry.backoffCoefficient }),
      ...(retry?.nonRetryableErrorTypes !== undefined && {
        nonRetryableErrorTypes: [...retry.nonRetryableErrorTypes],
      }),
    },
  } satisfies ActivityOptions);
  const run = activities[rule.activity];
  if (run === undefined) throw new TypeError(`No activity ${rule.activity}`);
  return run(order);
}

/** What to keep of the error that an activity ended with. */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : (error as Error);
  return { type: bounded(typeOf(cause)), message: bounded(cause.message) };
}

function typeOf(cause: Error): string {
  if (cause instanceof TimeoutFailure) return 'TIMEOUT';
  return cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : cause.name;
}

function inMs<Name extends string>(durations: Record<Name, string | undefined>): { [Key in Name]?: number } {
  return Object.fromEntries(
    Object.entries<string | undefined>(durations).flatMap(([name, duration]) =>
      duration === undefined ? [] : [[name, durationMs(duration)]],
    ),
  ) as { [Key in Name]?: number };
}
