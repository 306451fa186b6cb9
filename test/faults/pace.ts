import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** Keeps the load and the faults together: apps take turns, and only so many are allowed at a point of the schedule. */
export class Pace {
  taken = 0;
  private allowed = 0;
  private closed = false;

  /** @param upTo requests from the beginning of the run on */
  allow(upTo: number): void {
    this.allowed = Math.max(this.allowed, upTo);
  }

  close(): void {
    this.closed = true;
  }

  /**
   * Waits for its turn to send some requests, at most a few more than allowed.
   *
   * @returns `false` once the run is over
   */
  async turn(requests: number): Promise<boolean> {
    while (!this.closed && this.taken >= this.allowed) await sleep(LOOK_EVERY_MS);
    if (this.closed) return false;
    this.taken += requests;
    return true;
  }

  async reached(requests: number, expired: AbortSignal): Promise<void> {
    while (this.taken < requests) {
      expired.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
  }
}
