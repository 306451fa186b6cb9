import { randomUUID } from 'node:crypto';

import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import {
  appliedQuery,
  type bareUpdateWorkflow,
  moveUpdate,
  type UpdateRequest,
} from './bare-update-workflow';
import { stateAfter, type Contender, type Item } from './contender';

export const BARE_UPDATE_TASK_QUEUE = 'bench-bare-update';

/** Above 10 in flight on one workflow the server pushes back; the engine's own client keeps 8 as well. */
const CAPPED = 8;

/**
 * The bare Update, twice: by a careful client, which caps how many are in flight and sends again what no run took, and
 * by a naive one, which sends whatever comes and takes an error for an answer.
 */
export function bareUpdates(client: Client): [careful: Contender, naive: Contender] {
  const careful = (workflowId: string, request: UpdateRequest) => sendUntilTaken(client, workflowId, request);
  const naive = (workflowId: string, request: UpdateRequest) => send(client, workflowId, request);
  return [
    {
      key: 'bareUpdate',
      title: 'bare Update',
      inFlight: CAPPED,
      mayFail: false,
      create: () => createWorkflow(client, careful),
    },
    {
      key: 'bareUpdateNaive',
      title: 'bare Update, not capped',
      inFlight: Infinity,
      mayFail: true,
      create: () => createWorkflow(client, naive),
    },
  ];
}

async function createWorkflow(
  client: Client,
  update: (workflowId: string, request: UpdateRequest) => Promise<boolean>,
): Promise<Item> {
  const { workflowId } = await client.workflow.start<typeof bareUpdateWorkflow>('bareUpdateWorkflow', {
    taskQueue: BARE_UPDATE_TASK_QUEUE,
    workflowId: `bench-${randomUUID()}`,
    args: [{ state: stateAfter(0), applied: 0 }],
  });
  const applied = () => client.workflow.getHandle(workflowId).query(appliedQuery);
  await applied();
  return {
    workflowId,
    move: ({ from, to }) =>
      update(workflowId, { requestId: randomUUID(), to, expectedState: from, actor: 'bench' }),
    applied,
  };
}

async function send(client: Client, workflowId: string, request: UpdateRequest): Promise<boolean> {
  return client.workflow.getHandle(workflowId).executeUpdate(moveUpdate, { args: [request] });
}

/** The last moment of a run may leave an Update unprocessed: no workflow saw it, so it is sent to the next run. */
async function sendUntilTaken(client: Client, workflowId: string, request: UpdateRequest): Promise<boolean> {
  for (;;) {
    try {
      return await send(client, workflowId, request);
    } catch (error) {
      if (!isUnprocessed(error)) throw error;
    }
  }
}

function isUnprocessed(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'UnprocessedUpdate'
  );
}
