import { setTimeout as sleep } from 'node:timers/promises';

import { isUnavailable } from '../../database/is-unavailable';
import { GATEWAY_LIMITS } from '../limits';

/** What a look finds; while Postgres is away, nothing, after a pause: a stream outlives it. */
export async function whileAway<T>(look: () => Promise<T>, nothing: T, signal: AbortSignal): Promise<T> {
  while (!signal.aborted) {
    try {
      return await look();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      // The rejection is the signal's.
      await sleep(GATEWAY_LIMITS.eventsPauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return nothing;
}
