import { readOutcomes, type RequestKey } from '../database/read-outcomes';
import type { Queryable } from '../database/queryable';
import type { Outcome } from '../intent';
import type { Outcomes } from './outcomes';
import { Poller } from './poller';

/** Outcomes as Postgres holds them. */
export class PostgresOutcomes implements Outcomes {
  private readonly poller: Poller<RequestKey, Outcome>;

  constructor(private readonly database: Queryable) {
    this.poller = new Poller((keys) => readOutcomes(database, keys));
  }

  async find(intentId: string, requestId: string): Promise<Outcome | undefined> {
    return (await readOutcomes(this.database, [{ intentId, requestId }]))[0];
  }

  wait(intentId: string, requestId: string, timeoutMs: number): Promise<Outcome | undefined> {
    return this.poller.wait({ intentId, requestId }, () => true, timeoutMs);
  }
}
