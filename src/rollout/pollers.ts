import { ROLLOUT_LIMITS } from './limits';
import type { TemporalServer } from './servers';

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const TYPES = { workflows: 1, activities: 2 } as const;

export interface Poller {
  identity: string;
  buildId: string | undefined;
}

/** Who polls a task queue now. One that was killed is still named for a minute. */
export async function pollersOf(
  { connection, namespace }: TemporalServer,
  taskQueue: string,
  of: keyof typeof TYPES,
  now: Date,
): Promise<Poller[]> {
  const { pollers } = await connection.withDeadline(Date.now() + ROLLOUT_LIMITS.answerMs, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: TYPES[of],
    }),
  );
  return (pollers ?? []).flatMap(
    ({ identity, lastAccessTime, deploymentOptions, workerVersionCapabilities }) => {
      const at = Number(lastAccessTime?.seconds ?? 0) * 1_000;
      if (now.getTime() - at > ROLLOUT_LIMITS.pollerMs) return [];
      const buildId = deploymentOptions?.buildId || workerVersionCapabilities?.buildId || undefined;
      return [{ identity: identity ?? '', buildId }];
    },
  );
}
