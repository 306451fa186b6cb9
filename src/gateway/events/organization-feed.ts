import { setTimeout as sleep } from 'node:timers/promises';

import { publishAllEvents, publishEvents } from '../../database/events/publish-events';
import type { Queryable } from '../../database/queryable';
import { GATEWAY_LIMITS } from '../limits';

const { eventsPauseMs, eventsPerLook } = GATEWAY_LIMITS;

/** Tells listeners when something has happened in their organization. Looks only while somebody listens. */
export class OrganizationFeed {
  private listeners = 0;
  private running = false;
  /** Counts what has happened, for {@link changed}. */
  private current = 0;
  private last: number | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(
    /** As a role that may give events their position. */
    private readonly database: Queryable,
    private readonly organizationId: string,
  ) {}

  /** To be asked before looking for events: {@link changed} then tells of all that the look has missed. */
  get version(): number {
    return this.current;
  }

  get idle(): boolean {
    return this.listeners === 0;
  }

  /** Begins to listen; what it returns ends it. */
  join(): () => void {
    this.listeners += 1;
    if (!this.running) void this.run();
    let left = false;
    return () => {
      if (!left) this.listeners -= 1;
      left = true;
    };
  }

  /** The position of the last event that there is: what still waits for a position gets one first. */
  latest(): Promise<number> {
    return publishAllEvents(this.database, this.organizationId, {
      most: eventsPerLook,
      pauseMs: eventsPauseMs,
    });
  }

  /** Waits until the version is another one, or the signal is set. */
  changed(version: number, signal: AbortSignal): Promise<void> {
    if (this.current !== version || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = () => {
        this.waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.waiting.add(settle);
      signal.addEventListener('abort', settle);
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.listeners > 0) {
      // While Postgres is away nothing has happened that could be told of.
      const last = await publishEvents(this.database, this.organizationId, eventsPerLook).catch(
        () => undefined,
      );
      if (last !== undefined && last !== this.last) {
        this.last = last;
        this.current += 1;
        for (const settle of [...this.waiting]) settle();
      }
      await sleep(eventsPauseMs, undefined, { ref: false });
    }
    this.running = false;
  }
}
