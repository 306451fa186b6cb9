import { ACTIVITY_LIMITS } from './limits';

/**
 * Outcomes that this process was asked to record and that are not in Postgres yet. Those of a failed attempt count until the next
 * one, or for as long as Temporal may wait with it: then another worker has them.
 */
export class Backlog {
  private readonly waiting = new Map<string, { outcomes: number; forget?: NodeJS.Timeout }>();

  /** @param changed told how many there are */
  constructor(private readonly changed: (outcomes: number) => void) {}

  /** An attempt begins. Of an intent there is one at a time. */
  began(intentId: string, outcomes: number): void {
    this.set(intentId, { outcomes });
  }

  recorded(intentId: string): void {
    this.set(intentId, undefined);
  }

  failed(intentId: string): void {
    const outcomes = this.waiting.get(intentId)?.outcomes ?? 0;
    const forget = setTimeout(() => this.set(intentId, undefined), ACTIVITY_LIMITS.failedRecordingMs).unref();
    this.set(intentId, { outcomes, forget });
  }

  private set(intentId: string, batch: { outcomes: number; forget?: NodeJS.Timeout } | undefined): void {
    clearTimeout(this.waiting.get(intentId)?.forget);
    if (batch === undefined) this.waiting.delete(intentId);
    else this.waiting.set(intentId, batch);
    let sum = 0;
    for (const { outcomes } of this.waiting.values()) sum += outcomes;
    this.changed(sum);
  }
}
