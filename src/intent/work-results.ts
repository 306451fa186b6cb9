import { LIMITS } from './limits';
import type { Json } from './metadata';
import { jsonBytes } from './text';

/** The last result of each state's work, for later steps and guards. Beyond the limit the oldest are forgotten. */
export class WorkResults {
  /** A Map keeps the order of insertion, so its first key is the oldest. */
  private readonly byState = new Map<string, Json>();
  private bytes = 0;

  static fromCarried(carried: readonly (readonly [state: string, result: Json])[]): WorkResults {
    const results = new WorkResults();
    for (const [state, result] of carried) results.set(state, result);
    return results;
  }

  set(state: string, result: Json): void {
    this.forget(state);
    this.byState.set(state, result);
    this.bytes += jsonBytes([state, result]);
    for (const oldest of this.byState.keys()) {
      if (this.bytes <= LIMITS.rememberedResultsBytes) return;
      this.forget(oldest);
    }
  }

  /** By state. Without a prototype, as a state may be called `constructor`. */
  toObject(): Record<string, Json> {
    return Object.assign(Object.create(null) as Record<string, Json>, Object.fromEntries(this.byState));
  }

  /** Plain JSON, the oldest first, which continue-as-new carries. */
  toCarried(): [state: string, result: Json][] {
    return [...this.byState];
  }

  private forget(state: string): void {
    const result = this.byState.get(state);
    if (result === undefined) return;
    this.byState.delete(state);
    this.bytes -= jsonBytes([state, result]);
  }
}
