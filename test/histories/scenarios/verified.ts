import { OPERATIONS_TASK_QUEUE, VERIFY_WORKFLOW_TYPE } from '../../../src/intent';
import type { Scenario } from '../scenario';

/** A verification that comes to a result. */
const verified: Scenario = {
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'verified' });
    await intents.waitForState(id, 'CREATED');
    const options = { taskQueue: OPERATIONS_TASK_QUEUE, workflowId: 'verified' };
    await temporal.workflow.execute(VERIFY_WORKFLOW_TYPE, options);
    return 'verified';
  },
};

export default verified;
