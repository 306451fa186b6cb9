import type { Pool } from 'pg';

import { readGraph, UnreadableGraphError } from '../database/read-graphs';
import { parseGraphReference } from '../graph';
import { bounded, type LoadedGraph } from '../intent';
import type { LoadGraphRequest } from '../workflows/activities';

/** A version of a graph as it is registered, or why there is none. Fails only where Postgres does not answer. */
export async function loadGraph(pool: Pool, { graph: text }: LoadGraphRequest): Promise<LoadedGraph> {
  const parsed = parseGraphReference(text);
  if (!parsed.ok) return { problem: bounded(parsed.message) };
  try {
    const graph = await readGraph(pool, parsed.reference);
    return graph === undefined ? { problem: `${text} is not registered.` } : { graph };
  } catch (error) {
    if (error instanceof UnreadableGraphError) return { problem: error.message };
    throw error;
  }
}
