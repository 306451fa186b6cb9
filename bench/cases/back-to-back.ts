import { latencies } from '../statistics';
import { Walk } from '../walk';
import { LATENCY_METRICS, type Case } from './case';

/** The first transitions wake up caches on the way to the workflow. */
const NOT_TIMED = 10;

/**
 * How long one caller waits who asks for the next transition as soon as the one before is answered. What is left to be
 * done after an answer then falls on the contender itself.
 */
export function backToBack(transitions: number): Case {
  return {
    key: 'backToBack',
    title: `Back to back: ${transitions} transitions of one intent, nothing in between`,
    metrics: LATENCY_METRICS,
    contenders: ['engine', 'bareUpdate', 'plainPostgres'],
    async measure(contender) {
      const walk = new Walk(await contender.create());
      await walk.steps(NOT_TIMED);
      return latencies(await walk.steps(transitions));
    },
  };
}
