import type { Pool } from 'pg';

import { insertConflict } from '../database/insert-conflict';
import { insertOutcomes } from '../database/insert-outcomes';
import { isRefusal, sqlStateOf } from '../database/sql-states';
import type { RecordedTransition, RecordOutcomesRequest } from '../workflows/activities';
import { messageOf, toFailure } from './failures';

/**
 * Stores decisions in Postgres: one round trip, one commit, each decision once, however often it is asked. What
 * Postgres refuses as contradictory is kept as evidence before the intent is quarantined.
 */
export async function recordOutcomes(
  pool: Pool,
  { id, organizationId, decisions }: RecordOutcomesRequest,
): Promise<RecordedTransition[]> {
  const intent = { id, organizationId };
  try {
    return await insertOutcomes(pool, intent, decisions);
  } catch (error) {
    if (isRefusal(error)) {
      const sqlState = sqlStateOf(error) ?? '';
      await insertConflict(pool, {
        intent,
        attempted: decisions,
        sqlState,
        message: messageOf(error),
      });
    }
    throw toFailure(error);
  }
}
