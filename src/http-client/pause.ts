import { HTTP_CLIENT_LIMITS } from './limits';

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * How long to wait before a call is sent again: twice as long each time, and half of it by chance, so that those who failed
 * together do not come back together; but not before the server wants it.
 *
 * @param tries how often it was sent already
 * @param retryAfter the header: seconds, or a date
 */
export function retryPauseMs(tries: number, retryAfter: string | null): number {
  const { retryMs, longestRetryMs } = HTTP_CLIENT_LIMITS;
  const longest = Math.min(longestRetryMs, retryMs * 2 ** (tries - 1));
  return Math.max(wantedMs(retryAfter), longest * (0.5 + Math.random() / 2));
}

function wantedMs(retryAfter: string | null): number {
  if (retryAfter === null) return 0;
  const seconds = Number(retryAfter);
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? 0 : ms;
}
