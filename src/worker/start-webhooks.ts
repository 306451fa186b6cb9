import { Client, type ConnectionLike } from '@temporalio/client';

import {
  DISPATCH_WEBHOOKS_WORKFLOW_ID,
  DISPATCH_WEBHOOKS_WORKFLOW_TYPE,
  OPERATIONS_TASK_QUEUE,
} from '../intent';

export interface StartWebhooksOptions {
  connection: ConnectionLike;
  namespace?: string;
  /** Of a worker for operations; default: `intent-operations` */
  taskQueue?: string;
  /** Default: the one that a namespace has. */
  workflowId?: string;
  /** Pauses between attempts to deliver, in milliseconds; default: those of Standard Webhooks. */
  retryMs?: number[];
}

/**
 * Starts what hands events on to webhooks, unless it runs. While there are no webhooks it asks Postgres twice a second, and
 * gives events of all organizations their positions once a minute.
 */
export async function startWebhooks({
  connection,
  namespace = 'default',
  taskQueue = OPERATIONS_TASK_QUEUE,
  workflowId = DISPATCH_WEBHOOKS_WORKFLOW_ID,
  retryMs,
}: StartWebhooksOptions): Promise<void> {
  const client = new Client({ connection, namespace });
  await client.workflow.start(DISPATCH_WEBHOOKS_WORKFLOW_TYPE, {
    workflowId,
    taskQueue,
    args: [retryMs === undefined ? {} : { retryMs }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
