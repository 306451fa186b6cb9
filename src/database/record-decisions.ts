import type { Pool } from 'pg';

import type { Decision } from '../intent';
import { storedTransition, type StoredRow, type StoredTransition } from './insert-outcomes';

interface RecordedDecisions {
  /** What is stored of each transition among them, by sequence. */
  transitions: StoredTransition[];
  /** Those that this call has stored; what was stored before is not among them. */
  written: Decision[];
}

/**
 * Stores decisions as {@link insertOutcomes} does, and says which of them are new: of any number of calls with the same
 * decisions, one says so of each.
 */
export async function recordDecisions(
  pool: Pool,
  intent: { id: string; organizationId: string },
  decisions: readonly Decision[],
): Promise<RecordedDecisions> {
  const { rows } = await pool.query<StoredRow & { written: string[] | null }>({
    name: 'intent_record_decisions',
    text: `SELECT sequence, transitioned_at, hash, graph_version, written
             FROM intent_record_decisions($1, $2, $3)`,
    values: [intent.id, intent.organizationId, JSON.stringify(decisions)],
  });
  // The last row says which are new.
  const written = new Set(rows.at(-1)?.written?.map(Number));
  return {
    transitions: rows.slice(0, -1).map(storedTransition),
    written: decisions.filter((_, index) => written.has(index + 1)),
  };
}
