import type { Pool, PoolClient } from 'pg';

import { createIntent } from '../database/create-intent';
import { inTransaction } from '../database/in-transaction';
import { insertOutcomes } from '../database/insert-outcomes';
import { LIMITS, type Decision } from '../intent';
import type { RestorePlan } from './plan-restore';
import type { WitnessedIntent } from './replay-intent';

/** A restored row did not get the hash that Temporal knows, so nothing was restored. */
class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/** Whose rows are restored. */
export interface IntentKey {
  id: string;
  organizationId: string;
  /** First run of its workflow. */
  runId: string;
}

type Hashes = ReadonlyMap<number, string>;

/**
 * Inserts what Postgres lacks, in one transaction, by the same rules as any row. The chain computes the hashes anew; each
 * must be the one that Temporal knows, or nothing is restored.
 *
 * @throws RestoreError; errors of Postgres, IE006 where the graph is not registered
 */
export async function restoreIntent(
  pool: Pool,
  intent: IntentKey,
  { create, decisions, hashes }: RestorePlan,
  witnessed: WitnessedIntent,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    if (create) await insertIntent(client, intent, witnessed, hashes);
    await insertDecisions(client, intent, decisions, hashes);
  });
}

/** Inserts the intent's row with its creation, as Temporal knows it. */
export async function insertIntent(
  client: PoolClient,
  intent: IntentKey,
  { created, transitions }: WitnessedIntent,
  hashes: Hashes,
): Promise<void> {
  const [creation] = transitions;
  if (created === undefined || creation === undefined) {
    throw new RestoreError('Temporal has deleted the run that created it');
  }
  const { title, metadata, createdBy } = created.details;
  const { hash } = await createIntent(client, {
    ...intent,
    graphName: created.graph.name,
    graphVersion: created.graph.version,
    title,
    metadata,
    createdBy,
    transitionedAt: creation.transitionedAt,
    personalSalt: created.personalSalt ?? undefined,
    keepsVersion: creation.graphVersion !== undefined,
    parentId: created.details.parentId,
  });
  check(hashes, 1, hash);
}

/** Inserts decisions behind what there is. */
export async function insertDecisions(
  client: PoolClient,
  intent: IntentKey,
  decisions: readonly Decision[],
  hashes: Hashes,
): Promise<void> {
  for (let start = 0; start < decisions.length; start += LIMITS.batchSize) {
    const batch = decisions.slice(start, start + LIMITS.batchSize);
    for (const { sequence, hash } of await insertOutcomes(client, intent, batch)) {
      check(hashes, sequence, hash);
    }
  }
}

function check(hashes: Hashes, sequence: number, hash: string): void {
  if (hashes.get(sequence) === hash) return;
  throw new RestoreError(
    `row ${sequence} would get the hash ${hash}, Temporal knows ${hashes.get(sequence)}`,
  );
}
