import { latencies } from '../statistics';
import { Walk } from '../walk';
import { LATENCY_METRICS, type Case } from './case';

const NOT_TIMED = 2;

/** Many intents at the same time, each asked for one transition after another: what the machine yields when it is full. */
export function concurrent(intents: number, transitionsEach: number): Case {
  return {
    key: 'concurrent',
    title: `Concurrent: ${intents} intents at the same time, ${transitionsEach} transitions each`,
    metrics: {
      ...LATENCY_METRICS,
      throughput: { title: 'transitions/s', unit: 'per second', compared: true },
    },
    contenders: ['engine', 'bareUpdate', 'plainPostgres'],
    async measure(contender) {
      const walks = await Promise.all(
        Array.from({ length: intents }, async () => new Walk(await contender.create())),
      );
      await Promise.all(walks.map((walk) => walk.steps(NOT_TIMED)));
      const started = performance.now();
      const took = await Promise.all(walks.map((walk) => walk.steps(transitionsEach)));
      const seconds = (performance.now() - started) / 1000;
      return { ...latencies(took.flat()), throughput: (intents * transitionsEach) / seconds };
    },
  };
}
