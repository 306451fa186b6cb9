import type { Contender, ContenderKey } from '../contenders/contender';
import { latencies } from '../statistics';
import { Walk } from '../walk';
import { LATENCY_METRICS, rotated, type Case } from './case';

/** The first transitions wake up caches on the way to the workflow. */
const NOT_TIMED = 10;

/**
 * How long one caller waits when nobody else asks for anything. The contenders take turns, a transition each, so that
 * all of them meet the same machine.
 */
export function uncontended(transitions: number): Case {
  return {
    key: 'uncontended',
    title: `Uncontended: ${transitions} transitions of one intent of each, by turns`,
    metrics: LATENCY_METRICS,
    contenders: ['engine', 'bareUpdate', 'plainPostgres'],
    async measureByTurns(contenders) {
      const walks = await Promise.all(contenders.map(walkOf));
      for (let step = 0; step < NOT_TIMED + transitions; step += 1) {
        for (const { walk, took } of rotated(walks, step)) took.push(await walk.step());
      }
      return new Map(walks.map(({ key, took }) => [key, latencies(took.slice(NOT_TIMED))]));
    },
  };
}

async function walkOf(contender: Contender): Promise<{ key: ContenderKey; walk: Walk; took: number[] }> {
  return { key: contender.key, walk: new Walk(await contender.create()), took: [] };
}
