import { setTimeout } from 'node:timers/promises';

import type { Scenario } from '../scenario';

/** Postgres holds another row than the one decided: the intent is quarantined, and rejects what comes. */
const quarantined: Scenario = {
  async play({ intents, owner, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'quarantined' });
    await intents.waitForState(id, 'CREATED');
    await owner.query(
      `INSERT INTO workflow_transition_audit
         (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
       VALUES ($1, $2, 2, 'forged', 'CREATED', 'CANCELLED', now())`,
      [id, organizationId],
    );
    await intents.requestTransition(id, { to: 'ICP_PENDING' });
    while ((await intents.describe(id)).quarantined === null) await setTimeout(50);
    await intents.transition(id, { to: 'ICP_PROCESSING' });
    return id;
  },
};

export default quarantined;
