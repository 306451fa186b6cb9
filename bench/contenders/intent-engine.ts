import { randomUUID } from 'node:crypto';

import type { IntentClient } from '../../src/client';
import type { Contender, Item } from './contender';

/** The engine as an app uses it: `transition` by the client, with the outcome read from Postgres. */
export function intentEngine(intents: IntentClient): Contender {
  const organizationId = randomUUID();
  return {
    key: 'engine',
    title: 'intent engine',
    inFlight: Infinity,
    mayFail: false,
    async create(): Promise<Item> {
      const { id } = await intents.create({ organizationId, title: 'Benchmark' });
      await intents.waitForState(id, 'CREATED');
      return {
        workflowId: id,
        async move({ from, to }) {
          const outcome = await intents.transition(
            id,
            { to, expectedState: from, actor: 'bench' },
            { timeoutMs: 60_000 },
          );
          return outcome.status === 'applied';
        },
        applied: async () => (await intents.history(id)).length - 1,
      };
    },
  };
}
