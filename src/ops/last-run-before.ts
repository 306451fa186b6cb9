import type { Client } from '@temporalio/client';

/**
 * The last run of an intent's workflow that began before one that did not follow from it: where the intent was reopened, or
 * where a start of the same id was refused and failed.
 *
 * @param time when the later one began
 */
export async function lastRunBefore(
  client: Client,
  intentId: string,
  time: Date,
): Promise<string | undefined> {
  // Runs that continued as new are not the last of their workflow, and may be many.
  const query = `WorkflowId = '${intentId}' AND ExecutionStatus != 'ContinuedAsNew'`;
  let last: { runId: string; startTime: Date } | undefined;
  for await (const { runId, startTime } of client.workflow.list({ query })) {
    if (startTime < time && (last === undefined || startTime > last.startTime)) last = { runId, startTime };
  }
  return last?.runId;
}
