import { ApplicationFailure } from '@temporalio/common';

import { tripGraph } from '../../setup/cancel-graphs';
import { INTENTS_TASK_QUEUE } from '../../../src/intent';
import { workerWith } from '../activities-of-graphs';
import type { Scenario } from '../scenario';

let tries = 0;

/** A cancelled intent undoes what it did, the last first; one undo fails, and people send it back. */
const undone: Scenario = {
  graphs: [tripGraph(INTENTS_TASK_QUEUE)],
  worker: workerWith({
    cancelFlight: () => {
      tries += 1;
      if (tries === 1) throw ApplicationFailure.nonRetryable('the desk is closed', 'CLOSED');
      return Promise.resolve();
    },
    cancelHotel: () => Promise.resolve(),
    cancelCar: () => Promise.resolve(),
  }),
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, graph: 'trip', title: 'undone' });
    await intents.transition(id, { to: 'FLIGHT_BOOKED' });
    await intents.transition(id, { to: 'HOTEL_BOOKED' });
    await intents.force(id, { to: 'CAR_BOOKED', actor: 'ada', reason: 'by telephone', scope: 'admin' });
    await intents.cancel(id, { actor: 'ada', reason: 'ill' });
    await intents.waitForState(id, 'CANCEL_FAILED');
    await intents.transition(id, { to: 'CANCELLING' });
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default undone;
