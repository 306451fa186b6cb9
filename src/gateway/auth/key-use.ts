import { noteUse } from '../../database/api-keys/note-use';
import type { Queryable } from '../../database/queryable';
import { GATEWAY_LIMITS } from '../limits';

/** Notes which keys are used, for many requests at once: no request waits for it. */
export class KeyUse {
  private readonly used = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly database: Queryable) {
    this.timer = setInterval(() => void this.write(), GATEWAY_LIMITS.keyUseMs).unref();
  }

  note(id: string): void {
    this.used.add(id);
  }

  /** Writes what is not written yet. While Postgres is away it stays noted. */
  async write(): Promise<void> {
    const ids = [...this.used];
    if (ids.length === 0) return;
    this.used.clear();
    await noteUse(this.database, ids).catch(() => ids.forEach((id) => this.used.add(id)));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }
}
