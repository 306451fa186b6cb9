import type { Client } from '@temporalio/client';

import { measureHistory } from '../temporal-history';
import { Walk } from '../walk';
import type { Case } from './case';

/** What one transition adds to Temporal's history, which is what a managed Temporal bills and stores. */
export function historyCost(client: Client, transitions: number): Case {
  return {
    key: 'historyCost',
    title: `History: what each of ${transitions} transitions, one after another, adds to it`,
    metrics: {
      events: { title: 'events', unit: 'count', compared: true },
      bytes: { title: 'bytes', unit: 'bytes', compared: true },
    },
    contenders: ['engine', 'bareUpdate'],
    async measure(contender) {
      const walk = new Walk(await contender.create());
      const workflowId = walk.item.workflowId ?? '';
      const before = await measureHistory(client, workflowId);
      await walk.steps(transitions);
      const after = await measureHistory(client, workflowId);
      return {
        events: (after.events - before.events) / transitions,
        bytes: (after.bytes - before.bytes) / transitions,
      };
    },
  };
}
