import type { Pool, PoolClient } from 'pg';

import type { Graph } from '../graph';
import type { Metadata } from '../intent';

export interface NewIntent {
  id: string;
  organizationId: string;
  /** First Temporal run of the workflow; the same intent started again by another workflow is refused. */
  runId: string;
  graphName: string;
  /** The newest registered version when left out. */
  graphVersion?: number | undefined;
  title?: string | undefined;
  metadata?: Metadata | undefined;
  createdBy?: string | undefined;
  /** ISO 8601 */
  transitionedAt: string;
  /** Of an intent that is restored; otherwise Postgres makes one. */
  personalSalt?: string | undefined;
  /** Left out for the restore of an intent whose first row was written before rows kept the graph version. */
  keepsVersion?: boolean | undefined;
  /** Workflow that started it as its child. */
  parentId?: string | undefined;
}

export interface CreatedIntent {
  graph: Graph;
  /** ISO 8601, UTC, as stored first. */
  transitionedAt: string;
  hash: string;
  /** UUID that goes into the digests of what its rows say about people; `null` once that was erased. */
  personalSalt: string | null;
  /** As its first audit row keeps it; left out for one that does not. */
  graphVersion?: number;
}

/**
 * Creates the intent and its first audit row, or returns what the same workflow created before: one round trip.
 *
 * Fails with SQLSTATE IE005 when the id belongs to another workflow, IE006 when the graph is not registered.
 */
export async function createIntent(db: Pool | PoolClient, intent: NewIntent): Promise<CreatedIntent> {
  const result = await db.query<{
    definition: Graph;
    transitioned_at: Date;
    hash: string;
    personal_salt: string | null;
    graph_version: number | null;
  }>({
    name: 'intent_create',
    text: `SELECT definition, transitioned_at, hash, personal_salt, graph_version
             FROM intent_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      intent.id,
      intent.organizationId,
      intent.runId,
      intent.graphName,
      intent.graphVersion ?? null,
      intent.title ?? null,
      intent.metadata === undefined ? null : JSON.stringify(intent.metadata),
      intent.createdBy ?? null,
      intent.transitionedAt,
      intent.personalSalt ?? null,
      intent.keepsVersion ?? false,
      intent.parentId ?? null,
    ],
  });
  const row = result.rows[0];
  if (row === undefined) throw new Error(`intent_create returned no row for ${intent.id}`);
  return {
    graph: row.definition,
    transitionedAt: row.transitioned_at.toISOString(),
    hash: row.hash,
    personalSalt: row.personal_salt,
    ...(row.graph_version !== null && { graphVersion: row.graph_version }),
  };
}
