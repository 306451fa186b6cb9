import { setTimeout as sleep } from 'node:timers/promises';

import type { WorkflowExecutionDescription } from '@temporalio/client';

import type { Finding } from './findings';
import { OPS_LIMITS } from './limits';

/**
 * Whether a workflow task or an activity of the workflow is under way, or waits for a worker: then Postgres may hold
 * rows that history does not say yet.
 */
export function isUnderWay({ raw, status }: WorkflowExecutionDescription): boolean {
  const working = Boolean(raw.pendingWorkflowTask) || (raw.pendingActivities ?? []).length > 0;
  return status.name === 'RUNNING' && working;
}

export const IN_DOUBT = 'Postgres has rows that Temporal may be about to know: is a worker running?';

/** What a look at an intent shows, and whether its workflow was under way then. */
export interface Look<Seen> {
  seen: Seen;
  underWay: boolean;
}

/**
 * Looks again as long as Postgres seems to be ahead of a workflow that may be about to know the same; and once in any
 * case, for what has just begun.
 */
export async function onceCertain<Seen extends object>(
  look: () => Promise<Look<Seen>>,
): Promise<Seen | { status: 'unchecked'; reason: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const { seen, underWay } = await look();
    const { findings = [] } = seen as { findings?: readonly Finding[] };
    const ahead = findings.some(({ code }) => code === 'POSTGRES_AHEAD');
    if (!ahead || (attempt > 1 && !underWay)) return seen;
    if (attempt === OPS_LIMITS.looks) return { status: 'unchecked', reason: IN_DOUBT };
    await sleep(OPS_LIMITS.lookPauseMs);
  }
}
