import type { Scenario } from '../scenario';

/** Cancelled in Temporal. */
const cancelled: Scenario = {
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'cancelled' });
    await intents.transition(id, { to: 'ICP_PENDING' });
    await temporal.workflow.getHandle(id).cancel();
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default cancelled;
