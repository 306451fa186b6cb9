import type { Pool } from 'pg';

import { createIntent as insertIntent } from '../database/create-intent';
import { parseGraphReference } from '../graph';
import type { CreatedIntent, CreateIntentRequest } from '../workflows/activities';
import { toFailure } from './failures';

/** Creates the intent's row and first audit row, once, and returns the graph that it was created with. */
export async function createIntent(
  pool: Pool,
  { graph, ...intent }: CreateIntentRequest,
): Promise<CreatedIntent> {
  const parsed = parseGraphReference(graph);
  if (!parsed.ok) throw new Error(parsed.message);
  const { name: graphName, version: graphVersion } = parsed.reference;
  try {
    return await insertIntent(pool, { ...intent, graphName, graphVersion, keepsVersion: true });
  } catch (error) {
    throw toFailure(error);
  }
}
