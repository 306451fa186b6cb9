import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';

import { INTENT_WORKFLOW_TYPE, REQUEST_TRANSITION_SIGNAL, type IntentInput } from '../intent';
import { hasGrpcStatus } from '../temporal/grpc-status';
import type { Case } from './read-cases';
import type { RequestOfRow } from './requests-of-case';
import { IMPORT_LIMITS } from './limits';

export interface SendCaseOptions {
  temporal: Client;
  taskQueue: string;
  organizationId: string;
  /** `name@version` */
  graph: string;
}

/**
 * Sends the requests of a case as signals, in their order: the next one as soon as Temporal has the one before, so that the
 * workflow finds several at once. The first one starts the workflow where there is none: one call instead of two.
 *
 * @returns how many were sent; fewer than there are when the intent has no running workflow (any more)
 */
export async function sendCase(
  { caseId, intentId }: Case,
  requests: readonly RequestOfRow[],
  exists: boolean,
  { temporal, taskQueue, organizationId, graph }: SendCaseOptions,
): Promise<number> {
  const handle = temporal.workflow.getHandle(intentId);
  const inTime = <T>(call: () => Promise<T>) =>
    temporal.withDeadline(Date.now() + IMPORT_LIMITS.callMs, call);
  let sent = 0;
  try {
    for (const request of requests) {
      if (sent > 0 || exists) {
        await inTime(() => handle.signal(REQUEST_TRANSITION_SIGNAL, request));
      } else {
        const input: IntentInput = { organizationId, graph, title: caseId, occurredAt: request.occurredAt };
        await inTime(() =>
          temporal.workflow.signalWithStart(INTENT_WORKFLOW_TYPE, {
            taskQueue,
            workflowId: intentId,
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: caseId,
            args: [input],
            signal: REQUEST_TRANSITION_SIGNAL,
            signalArgs: [request],
          }),
        );
      }
      sent += 1;
    }
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
  return sent;
}

/** No workflow of that id runs: a signal finds none, and a start finds that its id was used. */
function isClosed(error: unknown): boolean {
  return (
    error instanceof WorkflowNotFoundError ||
    error instanceof WorkflowExecutionAlreadyStartedError ||
    hasGrpcStatus(error, 'ALREADY_EXISTS')
  );
}
