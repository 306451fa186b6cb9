import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { AWAIT_OUTCOME_UPDATE, OUTCOME_QUERY, type Outcome } from '../intent';
import { CLIENT_LIMITS } from './limits';
import type { Outcomes } from './outcomes';

/**
 * Outcomes as the workflow holds them, for apps without access to the database. It waits by the Update
 * `awaitOutcome`, a few at a time; whoever finds no place asks by the query `outcome` instead.
 */
export class TemporalOutcomes implements Outcomes {
  private readonly inFlight = new Map<string, number>();

  constructor(private readonly client: Client) {}

  async find(intentId: string, requestId: string): Promise<Outcome | undefined> {
    const handle = this.client.workflow.getHandle(intentId);
    return (await handle.query<Outcome | null, [string]>(OUTCOME_QUERY, requestId)) ?? undefined;
  }

  async wait(intentId: string, requestId: string, timeoutMs: number): Promise<Outcome | undefined> {
    const deadline = Date.now() + timeoutMs;
    const outcome = await this.waitByUpdate(intentId, requestId, deadline);
    if (outcome !== undefined) return outcome;
    for (;;) {
      // A query fails while no worker answers; the deadline, not the error, ends the wait.
      const found = await this.withDeadline(deadline, () => this.find(intentId, requestId)).catch(
        () => undefined,
      );
      if (found !== undefined || Date.now() >= deadline) return found;
      await sleep(Math.min(CLIENT_LIMITS.queryPauseMs, Math.max(1, deadline - Date.now())));
    }
  }

  private async waitByUpdate(
    intentId: string,
    requestId: string,
    deadline: number,
  ): Promise<Outcome | undefined> {
    const inFlight = this.inFlight.get(intentId) ?? 0;
    if (inFlight >= CLIENT_LIMITS.updatesInFlightPerIntent) return undefined;
    this.inFlight.set(intentId, inFlight + 1);
    try {
      const handle = this.client.workflow.getHandle(intentId);
      return await this.withDeadline(deadline, () =>
        handle.executeUpdate<Outcome, [string]>(AWAIT_OUTCOME_UPDATE, { args: [requestId] }),
      );
    } catch {
      // The run ended or was continued as new, or the time is up: the query tells.
      return undefined;
    } finally {
      const left = (this.inFlight.get(intentId) ?? 1) - 1;
      if (left === 0) this.inFlight.delete(intentId);
      else this.inFlight.set(intentId, left);
    }
  }

  private withDeadline<T>(deadline: number, call: () => Promise<T>): Promise<T> {
    return this.client.connection.withDeadline(deadline, call);
  }
}
