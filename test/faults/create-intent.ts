import { setTimeout as sleep } from 'node:timers/promises';

import type { IntentClient, NewIntentRequest } from '../../src/client';

const TRY_AGAIN_MS = 200;

/**
 * Creates an intent, whatever is broken meanwhile: with one key, creating again is safe.
 *
 * @param givenUp once it is aborted, the next failure is thrown
 */
export async function createIntent(
  intents: IntentClient,
  request: NewIntentRequest & { idempotencyKey: string },
  givenUp: AbortSignal,
): Promise<string> {
  for (;;) {
    try {
      return (await intents.create(request)).id;
    } catch (error) {
      if (givenUp.aborted) throw error;
      await sleep(TRY_AGAIN_MS);
    }
  }
}
