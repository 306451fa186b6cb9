import type { WorkflowHandle } from '@temporalio/client';

import { eventually } from './eventually';

export interface RestingHistory {
  runId: string;
  events: number;
  bytes: number;
}

/**
 * What the history of the current run holds once no workflow task is under way. An outcome is visible a moment before
 * the task that led to it ends, so a count taken at once may lack that task's last events.
 */
export async function restingHistory(handle: WorkflowHandle): Promise<RestingHistory> {
  return eventually(async () => {
    const { runId, historyLength, historySize, raw } = await handle.describe();
    expect(raw.pendingWorkflowTask ?? null).toBeNull();
    return { runId, events: historyLength, bytes: historySize ?? 0 };
  });
}
