import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats an assertion until it holds; when it does not within the time, fails with its own last message.
 *
 * @param timeoutMs default 45,000
 */
export async function eventually<T>(assertion: () => T | Promise<T>, timeoutMs = 45_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await sleep(50);
    }
  }
}
