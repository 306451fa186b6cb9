import type { Pool } from 'pg';

import type { IntentActivities } from '../workflows/activities';
import { createIntent } from './create-intent';
import { recordOutcomes } from './record-outcomes';

/** The activities that a worker offers, on the given pool. */
export function createActivities(pool: Pool): IntentActivities {
  return {
    createIntent: (request) => createIntent(pool, request),
    recordOutcomes: (request) => recordOutcomes(pool, request),
  };
}
