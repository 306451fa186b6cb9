import type { Pool } from 'pg';

import { insertConflict } from '../database/insert-conflict';
import { recordDecisions } from '../database/record-decisions';
import { isRefusal, sqlStateOf } from '../database/sql-states';
import type { RecordedTransition, RecordOutcomesRequest } from '../workflows/activities';
import { messageOf, toFailure } from './failures';
import type { RecordingTelemetry } from './recording-telemetry';
import { tracedRecording } from './traced-recording';

/**
 * Stores decisions in Postgres: one round trip, one commit, each decision once, however often it is asked. What
 * Postgres refuses as contradictory is kept as evidence before the intent is quarantined.
 */
export async function recordOutcomes(
  pool: Pool,
  telemetry: RecordingTelemetry,
  request: RecordOutcomesRequest,
): Promise<RecordedTransition[]> {
  const { id, organizationId, decisions } = request;
  const intent = { id, organizationId };
  try {
    const { transitions } = await tracedRecording(request, () =>
      telemetry.measure({ ...request, outcomes: decisions.length }, () =>
        recordDecisions(pool, intent, decisions),
      ),
    );
    return transitions;
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
