import { ApplicationFailure } from '@temporalio/common';

import { createOperationsActivities } from '../../../src/activities';
import { OPERATIONS_TASK_QUEUE, VERIFY_WORKFLOW_TYPE } from '../../../src/intent';
import type { Scenario } from '../scenario';

/** A verification that comes to none, and says so. */
const verificationFailed: Scenario = {
  operationsWorker: ({ pool }) => ({
    overrides: {
      activities: {
        ...createOperationsActivities(pool),
        verifyIntents: () => {
          throw ApplicationFailure.nonRetryable('Postgres does not answer');
        },
      },
    },
  }),
  async play({ temporal }) {
    const options = { taskQueue: OPERATIONS_TASK_QUEUE, workflowId: 'verification-failed' };
    await temporal.workflow.execute(VERIFY_WORKFLOW_TYPE, options).catch(() => undefined);
    return 'verification-failed';
  },
};

export default verificationFailed;
