import type { Pool, PoolClient } from 'pg';

import { createIntent } from '../database/create-intent';
import { insertOutcomes } from '../database/insert-outcomes';
import { LIMITS } from '../intent';
import type { RestorePlan } from './plan-restore';
import type { WitnessedIntent } from './replay-intent';

/** A restored row did not get the hash that Temporal knows, so nothing was restored. */
class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/**
 * Inserts what Postgres lacks, in one transaction, by the same rules as any row. The chain computes the hashes anew; each
 * must be the one that Temporal knows, or nothing is restored.
 *
 * @throws RestoreError; errors of Postgres, IE006 where the graph is not registered
 */
export async function restoreIntent(
  pool: Pool,
  intent: { id: string; organizationId: string; runId: string },
  { create, decisions, hashes }: RestorePlan,
  { created, transitions }: WitnessedIntent,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const [creation] = transitions;
    if (create && created !== undefined && creation !== undefined) {
      const { title, metadata, createdBy } = created.details;
      const { name: graphName, version: graphVersion } = created.graph;
      const first = await createIntent(client, {
        ...intent,
        graphName,
        graphVersion,
        title,
        metadata,
        createdBy,
        transitionedAt: creation.transitionedAt,
      });
      check(hashes, 1, first.hash);
    }
    for (let start = 0; start < decisions.length; start += LIMITS.batchSize) {
      const batch = decisions.slice(start, start + LIMITS.batchSize);
      for (const { sequence, hash } of await insertOutcomes(client, intent, batch))
        check(hashes, sequence, hash);
    }
    await client.query('COMMIT');
  } catch (error) {
    await rollBack(client);
    throw error;
  } finally {
    client.release();
  }
}

function check(hashes: ReadonlyMap<number, string>, sequence: number, hash: string): void {
  if (hashes.get(sequence) === hash) return;
  throw new RestoreError(
    `row ${sequence} would get the hash ${hash}, Temporal knows ${hashes.get(sequence)}`,
  );
}

async function rollBack(client: PoolClient): Promise<void> {
  // A lost connection has rolled back already.
  await client.query('ROLLBACK').catch(() => undefined);
}
