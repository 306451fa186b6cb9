import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

/** What a workflow has cost Temporal so far. */
export interface HistorySize {
  runs: number;
  events: number;
  /** Of all events, encoded as the server stores and sends them. */
  bytes: number;
}

/** Counts a workflow's history over all of its runs. */
export async function measureHistory(client: Client, workflowId: string): Promise<HistorySize> {
  const latest = client.workflow.getHandle(workflowId);
  // Answered only after the workflow task that is under way, if any, is completed.
  await latest.query('__temporal_workflow_metadata');
  const size = { runs: 0, events: 0, bytes: 0 };
  let runId: string | undefined = (await latest.describe()).runId;
  while (runId !== undefined) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    size.runs += 1;
    size.events += events?.length ?? 0;
    for (const event of events ?? []) {
      size.bytes += temporal.api.history.v1.HistoryEvent.encode(event).finish().length;
    }
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return size;
}
