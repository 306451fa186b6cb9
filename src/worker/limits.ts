/** Every bound of the worker process that is not one of its database. Times are in milliseconds. */
export const WORKER_LIMITS = {
  /** Activities in flight get this long to finish when the worker is told to stop. */
  drainMs: 10_000,
  /**
   * Workflow tasks that a worker works on at the same time. Each has 10 s, and they share one thread: with many of them
   * on a busy machine all take longer, all are given back, and none is ever done. The others wait in Temporal, without end.
   */
  workflowTasks: 8,
  /** What `INTENT_WORKFLOW_TASKS` may ask for. */
  fewestWorkflowTasks: 2,
  mostWorkflowTasks: 1_000,
  /** Activities of operations at the same time: a verification, what hands events on to webhooks, and tests of webhooks. */
  operations: 20,
  /** Deliveries at the same time. A receiver that does not answer has one for 15 s; the others wait in Temporal. */
  deliveries: 50,
  /** Workflows of operations that are kept in memory. */
  cachedOperations: 200,
  /** Between two looks at the newest verification, and at starts of workers, for the metrics. */
  metricsMs: 5_000,
  /** Starts of workers that count as recent. */
  recentStartsSeconds: 3_600,
  /** Between two counts of all rows, at least; and so many times as long as the last one took. */
  countPauseMs: 10_000,
  countShare: 50,
  /** Characters that are kept of why a worker refused to start. */
  startProblemLength: 2_000,
  /** Characters of a deployment's name, and of a build id. */
  versionNameLength: 200,
} as const;
