import { ticket1 } from '../../setup/ticket-versions';
import type { Scenario } from '../scenario';

/** Requests of several kinds that expect a sequence, the right one and others, at once and one after another. */
const expected: Scenario = {
  graphs: [ticket1],
  async play({ intents, organizationId }) {
    const { id } = await intents.create({ organizationId, graph: 'ticket@1', title: 'expected' });
    await intents.transition(id, { to: 'WORKING', expectedSequence: 1 });
    const again = { to: 'WORKING', expectedState: 'WORKING', expectedSequence: 2 };
    await Promise.all(Array.from({ length: 5 }, () => intents.transition(id, again)));
    await intents.pause(id, { expectedSequence: 2 });
    await intents.pause(id, { expectedSequence: 3 });
    await intents.transition(id, { to: 'WORKING', expectedState: 'WAITING', expectedSequence: 3 });
    const force = { to: 'WAITING', actor: 'ada', reason: 'recorded', scope: 'admin' };
    await intents.force(id, { ...force, expectedSequence: 4 });
    await intents.cancel(id, { expectedSequence: 5 });
    return id;
  },
};

export default expected;
