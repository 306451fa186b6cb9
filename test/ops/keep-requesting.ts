import { setTimeout as sleep } from 'node:timers/promises';

import type { IntentClient } from '../../src/client';

export interface Requesting {
  /** Request ids that Temporal has taken, by intent. */
  sent: ReadonlyMap<string, readonly string[]>;
  /** Stops after the round that is under way. */
  stop(): Promise<void>;
}

/** A pace that two cores keep up with, beside all the servers. */
const PAUSE_MS = 100;

/**
 * Sends each intent, which is in ICP_PROCESSING, one request after another until it is stopped: to and fro between two
 * states, and every third request one that is rejected. Apps that signal need no Postgres.
 */
export function keepRequesting(intents: IntentClient, ids: readonly string[]): Requesting {
  const sent = new Map<string, string[]>(ids.map((id) => [id, []]));
  let stopped = false;
  const running = run();

  async function run(): Promise<void> {
    const walk = ['ICP_FAILED', 'COMPLETED', 'ICP_PROCESSING'];
    for (let round = 0; !stopped; round += 1) {
      for (const [id, requestIds] of sent) {
        const to = walk[round % walk.length] as string;
        requestIds.push((await intents.requestTransition(id, { to, actor: 'ada' })).requestId);
      }
      await sleep(PAUSE_MS);
    }
  }

  return {
    sent,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
