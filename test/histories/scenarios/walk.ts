import type { Scenario } from '../scenario';

/** Moves one after another, to a terminal state. */
const walk: Scenario = {
  async play({ intents, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'walk', createdBy: 'ada' });
    for (const to of ['ICP_PENDING', 'ICP_PROCESSING', 'ICP_FAILED', 'ICP_PROCESSING', 'ICP_COMPLETED']) {
      await intents.transition(id, { to, actor: 'ada', reason: 'recorded', metadata: { to } });
    }
    await intents.transition(id, { to: 'CANCELLED', expectedState: 'ICP_COMPLETED' });
    return id;
  },
};

export default walk;
