import { latencies } from '../statistics';
import { Walk } from '../walk';
import { LATENCY_METRICS, type Case } from './case';

/** The first transitions wake up caches on the way to the workflow. */
const NOT_TIMED = 10;

/** How long one caller waits when nobody else asks for anything. */
export function uncontended(transitions: number): Case {
  return {
    key: 'uncontended',
    title: `Uncontended: ${transitions} transitions of one intent, one after another`,
    metrics: LATENCY_METRICS,
    contenders: ['engine', 'bareUpdate', 'plainPostgres'],
    async measure(contender) {
      const walk = new Walk(await contender.create());
      await walk.steps(NOT_TIMED);
      return latencies(await walk.steps(transitions));
    },
  };
}
