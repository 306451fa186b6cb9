import type { WorkflowExecutionDescription } from '@temporalio/client';

/**
 * Whether a workflow task or an activity of the workflow is under way, or waits for a worker: then Postgres may hold
 * rows that history does not say yet.
 */
export function isUnderWay({ raw, status }: WorkflowExecutionDescription): boolean {
  const working = Boolean(raw.pendingWorkflowTask) || (raw.pendingActivities ?? []).length > 0;
  return status.name === 'RUNNING' && working;
}

/** How often, and after how long, to look again while it is. The first second look is for what has just begun. */
export const PATIENCE = { tries: 20, pauseMs: 250 };

export const IN_DOUBT = 'Postgres has rows that Temporal may be about to know: is a worker running?';
