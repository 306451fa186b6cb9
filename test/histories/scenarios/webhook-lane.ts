import { ApplicationFailure } from '@temporalio/common';

import { createOperationsActivities } from '../../../src/activities';
import { DELIVER_SIGNAL, OPERATIONS_TASK_QUEUE, WEBHOOK_LANE_WORKFLOW_TYPE } from '../../../src/intent';
import type { LaneItem } from '../../../src/workflows/activities';
import type { Scenario } from '../scenario';

const item = (row: number, more: Partial<LaneItem> = {}): LaneItem => ({
  kind: 'transition',
  row,
  position: row,
  round: 1,
  ...more,
});

/** A lane that delivers one event, keeps the next as a dead letter, is handed one twice, and ends. */
const webhookLane: Scenario = {
  operationsWorker: ({ pool }) => ({
    overrides: {
      activities: {
        ...createOperationsActivities(pool),
        deliverWebhook: ({ row }: LaneItem) => {
          if (row !== 2) return Promise.resolve({ result: 'delivered', status: 200 });
          throw ApplicationFailure.create({
            message: 'The receiver answered 503',
            type: 'NOT_DELIVERED',
            details: [{ attempt: 2, status: 503, error: 'The receiver answered 503', response: null }],
            nextRetryDelay: 1,
          });
        },
        recordDeadLetter: () => Promise.resolve(),
      },
    },
  }),
  async play({ temporal, organizationId }) {
    const lane = await temporal.workflow.signalWithStart(WEBHOOK_LANE_WORKFLOW_TYPE, {
      taskQueue: OPERATIONS_TASK_QUEUE,
      workflowId: 'webhook-lane',
      args: [{ webhookId: 'webhook', organizationId, intentId: 'intent', retryMs: [1] }],
      signal: DELIVER_SIGNAL,
      signalArgs: [
        [item(1), item(2), item(2), item(1, { kind: 'vote', position: 3 }), item(1, { round: 2 })],
      ],
    });
    await lane.result();
    return lane.workflowId;
  },
};

export default webhookLane;
