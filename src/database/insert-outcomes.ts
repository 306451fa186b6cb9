import type { Pool, PoolClient } from 'pg';

import type { Decision } from '../intent';

export interface StoredTransition {
  sequence: number;
  /** ISO 8601, UTC, as stored first. */
  transitionedAt: string;
  hash: string;
  /** As the row keeps it; left out for one that does not. */
  graphVersion?: number;
}

/**
 * Stores decisions in their order: one round trip, one commit. Repeating it, even at the same time, stores each
 * decision once and returns what is stored, by sequence.
 *
 * Fails with SQLSTATE IE001 when a decision contradicts what is stored, IE002 when earlier rows are missing,
 * IE003 when the registered graph has no such edge; then nothing of the batch is stored.
 */
export async function insertOutcomes(
  db: Pool | PoolClient,
  intent: { id: string; organizationId: string },
  decisions: readonly Decision[],
): Promise<StoredTransition[]> {
  const result = await db.query<StoredRow>({
    name: 'intent_record_outcomes',
    text: 'SELECT sequence, transitioned_at, hash, graph_version FROM intent_record_outcomes($1, $2, $3)',
    values: [intent.id, intent.organizationId, JSON.stringify(decisions)],
  });
  return result.rows.map(storedTransition);
}

/** A row of what the functions that record return. */
export interface StoredRow {
  sequence: number;
  transitioned_at: Date;
  hash: string;
  graph_version: number | null;
}

export function storedTransition(row: StoredRow): StoredTransition {
  return {
    sequence: row.sequence,
    transitionedAt: row.transitioned_at.toISOString(),
    hash: row.hash,
    ...(row.graph_version !== null && { graphVersion: row.graph_version }),
  };
}
