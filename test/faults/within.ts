/**
 * Gives up on `work` after a time, and tells it so by the signal.
 *
 * @param failure what it means when the time has passed; the time is added
 */
export async function within<T>(
  timeoutMs: number,
  failure: string | (() => string),
  work: (expired: AbortSignal) => Promise<T>,
): Promise<T> {
  const expired = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const what = typeof failure === 'string' ? failure : failure();
      reject(new Error(`${what} within ${timeoutMs / 1000} s`));
      expired.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(expired.signal), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
