import { moveAfter, type Contender, type Item, type Move } from '../contenders/contender';
import { percentile } from '../statistics';
import type { Case } from './case';

/** Not timed: the first burst opens connections to Postgres. */
const WARM_UP = 1;

/** The same request from many callers at once: exactly one of them may get it. */
export function sameMoment(requests: number, bursts: number): Case {
  return {
    key: `sameMoment${requests}`,
    title: `Same moment: ${requests} identical requests at once to one intent, until all are answered`,
    metrics: {
      allAnswered: { title: 'all answered', unit: 'ms', compared: true },
      applied: { title: 'applied', unit: 'count' },
      failed: { title: 'answered by an error', unit: 'count' },
    },
    contenders: ['engine', 'bareUpdate', 'bareUpdateNaive', 'plainPostgres'],
    async measure(contender) {
      const item = await contender.create();
      // Where errors are among the answers, one burst may take half a minute.
      const [warmUp, timed] = contender.mayFail ? [0, 1] : [WARM_UP, bursts];
      const took: number[] = [];
      let mostApplied = 0;
      let allFailed = 0;
      for (let burst = 0; burst < warmUp + timed; burst += 1) {
        const started = performance.now();
        const { told, failed } = await burstOf(requests, contender, item, moveAfter(burst));
        took.push(performance.now() - started);
        const stored = (await item.applied()) - burst;
        // Whose request was applied may be among those that got an error for an answer.
        if (stored !== 1 || (told !== 1 && failed === 0)) {
          throw new Error(`${contender.title}: of ${requests}, ${told} told as applied, ${stored} stored.`);
        }
        mostApplied = Math.max(mostApplied, stored);
        allFailed += failed;
      }
      return {
        allAnswered: percentile(took.slice(warmUp), 50),
        applied: mostApplied,
        failed: allFailed / took.length,
      };
    },
  };
}

/** Sends them as the contender's client does, and counts the answers: those that say applied, and errors. */
async function burstOf(requests: number, contender: Contender, item: Item, move: Move) {
  const answers = { told: 0, failed: 0 };
  let left = requests;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      try {
        if (await item.move(move)) answers.told += 1;
      } catch (error) {
        if (!contender.mayFail) throw error;
        answers.failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(requests, contender.inFlight) }, lane));
  return answers;
}
