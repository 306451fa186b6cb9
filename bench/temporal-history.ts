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
  const runs = await historyRuns(client, workflowId);
  const size = { runs: runs.length, events: 0, bytes: 0 };
  for (const event of runs.flat()) {
    size.events += 1;
    size.bytes += temporal.api.history.v1.HistoryEvent.encode(event).finish().length;
  }
  return size;
}

/** The events of all of its runs. */
export async function historyEvents(client: Client, workflowId: string): Promise<HistoryEvent[]> {
  return (await historyRuns(client, workflowId)).flat();
}

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The latest run first. */
async function historyRuns(client: Client, workflowId: string): Promise<HistoryEvent[][]> {
  const latest = client.workflow.getHandle(workflowId);
  // Answered only after the workflow task that is under way, if any, is completed.
  await latest.query('__temporal_workflow_metadata');
  const runs: HistoryEvent[][] = [];
  let runId: string | undefined = (await latest.describe()).runId;
  while (runId !== undefined) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push(events ?? []);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return runs;
}
