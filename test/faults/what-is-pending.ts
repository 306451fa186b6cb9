import { Client, Connection, type WorkflowExecutionDescription } from '@temporalio/client';

/**
 * What Temporal waits for before an intent goes on, for whoever wonders why it did not: its tasks and activities with their
 * attempts.
 *
 * @example 'Temporal has 143 events; workflow task, attempt 7; activity undo, attempt 2'
 */
export async function whatIsPending(
  temporalAddress: string,
  intentIds: readonly string[],
): Promise<Map<string, string>> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const { workflow } = new Client({ connection });
    const described = intentIds.map(async (id): Promise<[string, string]> => {
      try {
        return [id, pending(await workflow.getHandle(id).describe())];
      } catch (error) {
        return [id, `Temporal says: ${(error as Error).message}`];
      }
    });
    return new Map(await Promise.all(described));
  } finally {
    await connection.close();
  }
}

function pending({ historyLength, raw }: WorkflowExecutionDescription): string {
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  return [
    `Temporal has ${historyLength} events`,
    ...(task ? [`workflow task, attempt ${String(task.attempt)}`] : []),
    ...(pendingActivities ?? []).map(
      ({ activityType, attempt }) => `activity ${activityType?.name}, attempt ${String(attempt)}`,
    ),
  ].join('; ');
}
