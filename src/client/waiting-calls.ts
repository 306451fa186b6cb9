import { IntentError } from './errors';
import { CLIENT_LIMITS } from './limits';

/** Counts the calls that wait, and refuses one too many before it has done anything. */
export class WaitingCalls {
  private waiting = 0;

  /** @throws IntentError TOO_MANY_WAITING */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.waiting >= CLIENT_LIMITS.waitingCalls) {
      throw new IntentError(
        'TOO_MANY_WAITING',
        `${this.waiting} calls of this client wait already, and more may not. Nothing was sent: call again when some ` +
          `have ended, or use requestTransition, which waits for no outcome.`,
      );
    }
    this.waiting += 1;
    try {
      return await call();
    } finally {
      this.waiting -= 1;
    }
  }
}
