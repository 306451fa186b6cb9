import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import { readIntents, type IntentRow } from '../database/read-intents';
import { readRecords } from '../database/read-records';
import type { Queryable } from '../database/queryable';
import {
  INTENT_WORKFLOW_TYPE,
  REQUEST_TRANSITION_SIGNAL,
  reopens,
  whyNotReopened,
  type Outcome,
  type REQUEST_SCHEMAS,
} from '../intent';
import { notFound, notRunning } from './errors';
import type { RequestReceipt } from './intents';
import type { Outcomes } from './outcomes';
import { queryDescription } from './query-description';

/** A request of any kind. */
export interface AnyRequest {
  kind: keyof typeof REQUEST_SCHEMAS;
  requestId: string;
  reopen?: boolean | undefined;
}

/** What becomes of a request that no workflow takes: either the intent has ended, or something is wrong. */
export class EndedIntents {
  constructor(
    private readonly temporal: Client,
    private readonly database: Queryable | undefined,
    private readonly outcomes: Outcomes,
    private readonly taskQueue: string,
  ) {}

  /**
   * Answers it, or, where it reopens the intent, sends it with a workflow that takes the intent up as Postgres has it.
   *
   * @param cause what Temporal said
   * @throws IntentError INTENT_NOT_FOUND, INTENT_NOT_RUNNING
   */
  async take(intentId: string, request: AnyRequest, cause: WorkflowNotFoundError): Promise<RequestReceipt> {
    const { requestId } = request;
    const earlier = await this.earlierOutcome(intentId, requestId);
    if (earlier !== undefined) return { requestId, outcome: earlier };
    const { state, organizationId } = await this.ended(intentId, cause);
    const refused = reopens(request)
      ? whyNotReopened({ state, ended: true, ...(await this.records(intentId)) })
      : `The intent has ended in ${state}; nothing moves it any more.`;
    if (refused !== undefined) {
      const outcome = {
        status: 'rejected',
        requestId,
        code: 'TERMINAL_STATE',
        message: refused,
        state,
      } as const;
      return { requestId, outcome };
    }
    await this.temporal.workflow.signalWithStart(INTENT_WORKFLOW_TYPE, {
      taskQueue: (await this.lastTaskQueue(intentId)) ?? this.taskQueue,
      workflowId: intentId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `reopened, was ${state}`,
      signal: REQUEST_TRANSITION_SIGNAL,
      signalArgs: [request],
      args: [{ organizationId, reopen: true }],
    });
    return { requestId };
  }

  /** Only an intent that Temporal has forgotten has no say: an answer that failed may hide an earlier outcome. */
  private async earlierOutcome(intentId: string, requestId: string): Promise<Outcome | undefined> {
    return this.outcomes.find(intentId, requestId).catch(ifForgotten);
  }

  private async ended(
    intentId: string,
    cause: WorkflowNotFoundError,
  ): Promise<Pick<IntentRow, 'state' | 'organizationId'>> {
    if (this.database === undefined) {
      const description = await queryDescription(this.temporal, intentId).catch(() => undefined);
      if (description?.terminal === true) return description;
      throw description === undefined
        ? notFound(intentId, cause)
        : notRunning(intentId, description.state, cause);
    }
    const [row] = await readIntents(this.database, [intentId]);
    if (row === undefined) throw notFound(intentId, cause);
    if (row.endedAt === null) throw notRunning(intentId, row.state, cause);
    return row;
  }

  private async records(intentId: string) {
    return this.database && (await readRecords(this.database, [intentId])).get(intentId);
  }

  private async lastTaskQueue(intentId: string): Promise<string | undefined> {
    return (await this.temporal.workflow.getHandle(intentId).describe().catch(ifForgotten))?.taskQueue;
  }
}

function ifForgotten(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError) return undefined;
  throw error;
}
