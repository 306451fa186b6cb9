import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many a second go on, evenly: not all of a second's at its beginning. */
export class Pace {
  private nextAt = 0;

  constructor(private readonly perSecond: number) {}

  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + (1 / this.perSecond) * 1_000;
    if (at > now) await sleep(at - now);
  }
}
