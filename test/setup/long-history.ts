import type { IntentClient } from '../../src/client';
import { WORKFLOW_LIMITS } from '../../src/workflows/limits';

/** Sends requests that change nothing, as many as make the run's history longer than a run should be. */
export async function makeHistoryLong(intents: IntentClient, id: string): Promise<void> {
  const batch = 100;
  for (let sent = 0; sent <= WORKFLOW_LIMITS.historyEvents; sent += batch) {
    await Promise.all(
      Array.from({ length: batch }, (_, index) =>
        intents.requestTransition(id, { to: 'NOWHERE', requestId: `nowhere ${sent + index}` }),
      ),
    );
    await intents.transition(id, { to: 'NOWHERE' }, { timeoutMs: 60_000 });
  }
}
