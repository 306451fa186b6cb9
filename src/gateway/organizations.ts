import type { Connection } from '@temporalio/client';
import type { Pool, PoolClient } from 'pg';

import { IntentClient } from '../client';
import { inOrganization, organizationSession } from '../database/organization-session';
import type { Queryable } from '../database/queryable';
import { readIntents, type IntentRow } from '../database/read-intents';
import { BatchedReads } from './batched-reads';
import { GATEWAY_LIMITS } from './limits';

/** What serves the requests of one organization. */
export interface Organization {
  id: string;
  /** Sees this organization only. */
  database: Queryable;
  /** Runs in one transaction what the gateway itself keeps for the organization; it can write for no other. */
  change: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;
  /** Rows of its intents. */
  rows: BatchedReads<string, IntentRow | undefined>;
  /** Its waiters are asked for under row level security, too. */
  intents: IntentClient;
}

/** The organizations that are served, each under row level security of its own. */
export class Organizations {
  private readonly known = new Map<string, Promise<Organization>>();

  constructor(
    private readonly pool: Pool,
    private readonly temporal: { connection: Connection; namespace: string },
    private readonly taskQueue: string,
  ) {}

  /** Keeps as many as there is room for; the one that was asked for longest ago goes. It holds nothing that has to be closed. */
  async of(id: string): Promise<Organization> {
    const found = this.known.get(id) ?? this.open(id);
    this.known.delete(id);
    this.known.set(id, found);
    const oldest = this.known.keys().next();
    if (this.known.size > GATEWAY_LIMITS.organizations && oldest.done !== true)
      this.known.delete(oldest.value);
    return found;
  }

  private async open(id: string): Promise<Organization> {
    const database = organizationSession(this.pool, id);
    const intents = await IntentClient.connect({
      database,
      temporal: this.temporal,
      taskQueue: this.taskQueue,
    });
    const rows = new BatchedReads((ids: readonly string[]) => readIntents(database, ids));
    return { id, database, rows, intents, change: (work) => inOrganization(this.pool, id, work) };
  }
}
