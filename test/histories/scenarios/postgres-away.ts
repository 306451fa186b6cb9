import { Context } from '@temporalio/activity';

import { createActivities } from '../../../src/activities';
import type { Scenario } from '../scenario';

let away = false;

/** Local activities fail for a while, and regular ones take over. */
const postgresAway: Scenario = {
  worker({ pool }) {
    const activities = createActivities(pool);
    return {
      overrides: {
        activities: {
          ...activities,
          recordOutcomes: (request: Parameters<typeof activities.recordOutcomes>[0]) => {
            if (away && Context.current().info.isLocal) throw new Error('Postgres does not answer');
            return activities.recordOutcomes(request);
          },
        },
      },
    };
  },
  async play({ intents, organizationId }) {
    const { id } = await intents.create({ organizationId, title: 'postgres away' });
    await intents.waitForState(id, 'CREATED');
    away = true;
    await intents.transition(id, { to: 'ICP_PENDING' });
    await intents.transition(id, { to: 'COMPLETED' });
    away = false;
    await intents.transition(id, { to: 'ICP_PROCESSING' });
    return id;
  },
};

export default postgresAway;
