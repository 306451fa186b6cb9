import type { Scenario } from '../scenario';

/** Many requests for one move at once, malformed ones between them, a repeated id and an Update. */
const race: Scenario = {
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'race' });
    const handle = temporal.workflow.getHandle(id);
    await Promise.all([
      ...Array.from({ length: 20 }, () => intents.transition(id, { to: 'ICP_PENDING' })),
      ...[null, { to: 5 }, { kind: 'teleport', requestId: 'k' }].map((bad) =>
        handle.signal('requestTransition', bad),
      ),
      handle.signal('unknownSignal', {}),
    ]);
    await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'twice' });
    await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'twice' });
    await handle.executeUpdate('awaitOutcome', { args: ['twice'] });
    return id;
  },
};

export default race;
