import { setTimeout as sleep } from 'node:timers/promises';

import { CLIENT_LIMITS } from './limits';

interface Waiter<Key, Value> {
  key: Key;
  accept: (value: Value) => boolean;
  since: number;
  deadline: number;
  /** Ends the wait where a look does not come back in time. */
  giveUp: NodeJS.Timeout;
  resolve: (value: Value | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * When to look, all in milliseconds. A look takes time from what it waits for, so there is none before half of the
 * time that values have lately taken; from then on pauses are a tenth of that time, or of the waiter's own if it has
 * waited longer: a wait lasts a tenth longer than it has to, at most.
 */
const LOOKS = { typicalAtFirst: 10, typicalAtMost: 100 };

/** How much of the typical time a new one makes up. */
const NEWEST_SHARE = 0.1;

/**
 * Waits for values in Postgres on behalf of any number of callers: one query at a time asks for all of them.
 * There is no LISTEN, which breaks behind a transaction pooler, and no NOTIFY, which serializes commits.
 */
export class Poller<Key, Value> {
  private readonly waiters = new Set<Waiter<Key, Value>>();
  private running = false;
  private typicalMs = LOOKS.typicalAtFirst;

  constructor(private readonly fetch: (keys: readonly Key[]) => Promise<ReadonlyArray<Value | undefined>>) {}

  /**
   * The value once it is there and accepted; `undefined` when `timeoutMs` have passed without. What `accept` throws
   * is thrown to its own caller.
   */
  wait(key: Key, accept: (value: Value) => boolean, timeoutMs: number): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const since = Date.now();
      const giveUp = setTimeout(() => this.settle(waiter, undefined), timeoutMs + CLIENT_LIMITS.lastLookMs);
      const waiter = { key, accept, since, deadline: since + timeoutMs, giveUp, resolve, reject };
      this.waiters.add(waiter);
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiters.size > 0) {
      await this.look();
      if (this.waiters.size > 0) await sleep(this.pauseMs());
    }
    // Not a promise tick after the loop's last look at the waiters: one that came in between would be forgotten.
    this.running = false;
  }

  /** Until somebody's value may be there, or somebody's time is up. */
  private pauseMs(): number {
    const now = Date.now();
    let pause: number = CLIENT_LIMITS.longestPauseMs;
    for (const { since, deadline } of this.waiters) {
      const age = now - since;
      const worthALook = Math.max(this.typicalMs / 2 - age, Math.max(this.typicalMs, age) / 10);
      pause = Math.min(pause, worthALook, deadline - now);
    }
    return Math.max(CLIENT_LIMITS.shortestPauseMs, pause);
  }

  private async look(): Promise<void> {
    const waiters = [...this.waiters];
    for (let start = 0; start < waiters.length; start += CLIENT_LIMITS.keysPerQuery) {
      const asked = waiters.slice(start, start + CLIENT_LIMITS.keysPerQuery);
      // While Postgres does not answer, callers keep waiting, up to their own deadline.
      const values = await this.fetch(asked.map(({ key }) => key)).catch(() => []);
      asked.forEach((waiter, index) => this.judge(waiter, values[index]));
    }
  }

  private judge(waiter: Waiter<Key, Value>, value: Value | undefined): void {
    try {
      if (value !== undefined && waiter.accept(value)) {
        const took = Math.min(Date.now() - waiter.since, LOOKS.typicalAtMost);
        this.typicalMs += (took - this.typicalMs) * NEWEST_SHARE;
        this.settle(waiter, value);
      } else if (Date.now() >= waiter.deadline) this.settle(waiter, undefined);
    } catch (error) {
      this.forget(waiter);
      waiter.reject(error);
    }
  }

  private settle(waiter: Waiter<Key, Value>, value: Value | undefined): void {
    this.forget(waiter);
    waiter.resolve(value);
  }

  private forget(waiter: Waiter<Key, Value>): void {
    clearTimeout(waiter.giveUp);
    this.waiters.delete(waiter);
  }
}
