import { randomUUID } from 'node:crypto';

import type { Queryable } from '../../../src/database/queryable';
import { useLogin } from '../tenants/two-organizations';
import { useDatabase, type Pools } from '../use-database';
import { recordTicket, recordTicketLog } from './ticket-log';

export interface TicketLog extends Pools {
  /** The organization of the log. */
  mine: string;
  /** Another one, with one ticket: OPEN 3 hours, then CANCELLED. */
  theirs: string;
  /** Runs work in a session of a login of intent_reader that reads for an organization. */
  asReader: <T>(organizationId: string, work: (database: Queryable) => Promise<T>) => Promise<T>;
}

/** A database with the ticket log of one organization, and a ticket of another. */
export function useTicketLog(name: string): TicketLog {
  const pools = useDatabase(name);
  const login = useLogin('IN ROLE intent_reader');
  const log = { mine: randomUUID(), theirs: randomUUID() } as TicketLog;
  beforeAll(async () => {
    const reader = login(pools.superuser);
    const asReader: TicketLog['asReader'] = async (organizationId, work) => {
      const client = await reader.connect();
      try {
        await client.query(`SELECT set_config('intent.organization_id', $1, false)`, [organizationId]);
        return await work(client);
      } finally {
        client.release(true);
      }
    };
    Object.assign(log, pools, { asReader });
    await recordTicketLog(pools, log.mine);
    await recordTicket(pools.engine, log.theirs, 2, [[3, 'CANCELLED']]);
  });
  return log;
}
