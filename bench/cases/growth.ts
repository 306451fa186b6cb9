import type { Client } from '@temporalio/client';

import type { ContenderKey } from '../contenders/contender';
import { percentile } from '../statistics';
import { type HistorySize, measureHistory } from '../temporal-history';
import { Walk } from '../walk';
import type { Case } from './case';

/**
 * Whether an old intent costs more than a young one. Both are moved in turns, one transition each, so that whatever
 * else the machine does meets both alike.
 *
 * @param age transitions that the old one has made before the first round
 * @param transitions of each, a round
 */
export function growth(client: Client, age: number, transitions: number): Case {
  const aged = new Map<ContenderKey, Walk>();
  return {
    key: 'growth',
    title: `Growth: transitions 1 to ${transitions} of a new intent, and ${transitions} more of one that has made ${age}`,
    metrics: {
      young: { title: 'new p50', unit: 'ms', compared: true },
      old: { title: 'old p50', unit: 'ms', compared: true },
      oldToYoung: { title: 'old ÷ new', unit: 'ratio' },
      youngEvents: { title: 'new events', unit: 'count' },
      oldEvents: { title: 'old events', unit: 'count' },
      lifeBytes: { title: 'bytes, whole life', unit: 'bytes', compared: true },
      runs: { title: 'runs', unit: 'count' },
    },
    contenders: ['engine', 'bareUpdate', 'plainPostgres'],
    async prepare(contender) {
      const walk = new Walk(await contender.create());
      await walk.steps(age);
      aged.set(contender.key, walk);
    },
    async measure(contender) {
      const old = aged.get(contender.key);
      if (old === undefined) throw new Error(`${contender.title} has no old item.`);
      const young = new Walk(await contender.create());
      const before = { young: await sizeOf(young), old: await sizeOf(old) };
      const took = { young: [] as number[], old: [] as number[] };
      for (let step = 0; step < transitions; step += 1) {
        took.young.push(await young.step());
        took.old.push(await old.step());
      }
      const after = { young: await sizeOf(young), old: await sizeOf(old) };
      const p50 = { young: percentile(took.young, 50), old: percentile(took.old, 50) };
      return {
        ...p50,
        oldToYoung: p50.old / p50.young,
        ...(before.young && after.young && before.old && after.old
          ? {
              youngEvents: (after.young.events - before.young.events) / transitions,
              oldEvents: (after.old.events - before.old.events) / transitions,
              lifeBytes: after.old.bytes / old.transitions,
              runs: after.old.runs,
            }
          : {}),
      };
    },
  };

  async function sizeOf({ item }: Walk): Promise<HistorySize | undefined> {
    return item.workflowId === undefined ? undefined : measureHistory(client, item.workflowId);
  }
}
