import type { Scenario } from '../scenario';

/** More than one run can take: the intent continues as new. */
const continued: Scenario = {
  async play({ intents, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'continued' });
    await intents.transition(id, { to: 'ICP_PENDING' });
    for (let round = 0; round < 60; round += 1) {
      const burst = Array.from({ length: 18 }, (_, index) =>
        intents.requestTransition(id, { to: index % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED' }),
      );
      await Promise.all(burst);
      await intents.transition(id, { to: 'ICP_PENDING' });
    }
    return id;
  },
};

export default continued;
