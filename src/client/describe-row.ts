import { readGraph } from '../database/read-graphs';
import type { IntentRow } from '../database/read-intents';
import type { Queryable } from '../database/queryable';
import { describeIntent, type IntentDescription } from '../intent';

/** Describes an intent from the mirror alone, once Temporal has forgotten it. */
export async function describeRow(database: Queryable, row: IntentRow): Promise<IntentDescription> {
  const graph = await readGraph(database, { name: row.graphName, version: row.graphVersion });
  if (graph === undefined) throw new Error(`Postgres lacks the graph of intent ${row.id}.`);
  return describeIntent(
    { ...row, graph, paused: false, openVotes: [] },
    { recordedSequence: row.sequence, auditHash: row.auditHash, quarantined: null },
  );
}
