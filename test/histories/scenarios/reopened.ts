import type { Scenario } from '../scenario';

/** Ended, taken up again by an operator, and refused a second time. */
const reopened: Scenario = {
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'reopened', metadata: { ticket: 4711 } });
    await intents.transition(id, { to: 'ICP_PENDING' });
    await intents.cancel(id, { actor: 'ada', reason: 'too early' });
    await temporal.workflow.getHandle(id).result();
    const operator = { actor: 'ada', reason: 'ticket 4711', scope: 'admin', reopen: true };
    await intents.force(id, { to: 'ICP_PENDING', ...operator });
    await intents.transition(id, { to: 'COMPLETED' });
    await intents.transition(id, { to: 'ICP_PROCESSING' });
    return id;
  },
};

export default reopened;
