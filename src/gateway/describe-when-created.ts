import { setTimeout as sleep } from 'node:timers/promises';

import { QueryNotRegisteredError } from '@temporalio/client';

import type { IntentClient } from '../client';
import type { IntentDescription } from '../intent';
import { GATEWAY_LIMITS } from './limits';

/**
 * Describes an intent. One that was created a moment ago can't be described before its creation is recorded, which takes some
 * 50 ms while all is well: that is waited for.
 *
 * @throws what `describe` throws; QueryNotRegisteredError where the creation is not recorded in time
 */
export async function describeWhenCreated(
  intents: IntentClient,
  intentId: string,
): Promise<IntentDescription> {
  const { describeMs, creationPauseMs, longestCreationPauseMs } = GATEWAY_LIMITS;
  const deadline = Date.now() + describeMs;
  for (let pause: number = creationPauseMs; ; pause = Math.min(pause * 2, longestCreationPauseMs)) {
    try {
      return await intents.describe(intentId, { timeoutMs: Math.max(1, deadline - Date.now()) });
    } catch (error) {
      if (!(error instanceof QueryNotRegisteredError) || Date.now() + pause >= deadline) throw error;
      await sleep(pause);
    }
  }
}
