import { Context } from '@temporalio/activity';

import { createActivities } from '../../src/activities';
import { WORKER_LIMITS } from '../../src/worker/limits';
import { workflowTasksFromEnvironment } from '../../src/worker/workflow-tasks';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { closedGate } from '../setup/scripted-activity';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('workflow-tasks');
});
afterAll(() => environment.close());

test('a worker works on so many workflow tasks at the same time at most, and the others wait in Temporal', async () => {
  const { intents, pool, startWorker } = environment;
  const { workflowTasks } = WORKER_LIMITS;
  const activities = createActivities(pool);
  const gate = closedGate();
  let [running, most] = [0, 0];
  const ids = await Promise.all(
    Array.from({ length: 3 * workflowTasks }, () => intents.create({ organizationId: ORGANIZATION })),
  );
  await startWorker({
    activities: {
      ...activities,
      // A local one goes on within the workflow task, until it has taken too long: then a regular one follows, outside of it.
      createIntent: async (request: Parameters<typeof activities.createIntent>[0]) => {
        const { info, cancelled } = Context.current();
        if (info.isLocal) {
          running += 1;
          most = Math.max(most, running);
          await Promise.race([gate.opened, cancelled]).finally(() => (running -= 1));
        } else {
          // By now all have come that may.
          gate.open();
        }
        return activities.createIntent(request);
      },
    },
  });
  await Promise.all(ids.map(({ id }) => intents.waitForState(id, 'CREATED', { timeoutMs: 45_000 })));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(workflowTasks);
});

test('INTENT_WORKFLOW_TASKS is a whole number between the limits, or an error that names it', () => {
  const tasks = (text?: string) => workflowTasksFromEnvironment({ INTENT_WORKFLOW_TASKS: text });
  expect([tasks(), tasks(''), tasks('2'), tasks('1000')]).toEqual([8, 8, 2, 1_000]);
  for (const wrong of ['1', '1001', '8.5', 'many', '-8', '08']) {
    expect(() => tasks(wrong)).toThrow('INTENT_WORKFLOW_TASKS: must be a whole number from 2 to 1000, not "');
  }
});
