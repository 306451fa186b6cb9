import type { Pool } from 'pg';

import { readGraph } from '../database/read-graphs';
import type { IntentRow } from '../database/read-intents';
import { parseGraph } from '../graph';
import { describeIntent, type IntentDescription } from '../intent';

/** Describes an intent from the mirror alone, once Temporal has forgotten it. */
export async function describeRow(pool: Pool, row: IntentRow): Promise<IntentDescription> {
  const registered = await readGraph(pool, { name: row.graphName, version: row.graphVersion });
  const parsed = parseGraph(registered?.definition);
  if (!parsed.ok)
    throw new Error(`The graph ${row.graphName}@${row.graphVersion} in Postgres can't be read.`);
  return describeIntent(
    { ...row, graph: parsed.graph },
    { recordedSequence: row.sequence, auditHash: row.auditHash, quarantined: null },
  );
}
