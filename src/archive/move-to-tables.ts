import type { PoolClient } from 'pg';

import { recordArchived, removeArchived, type MovedRows } from './candidates';
import { ARCHIVE_LIMITS } from './limits';

/** By name, since columns that were added later stand behind `ended_at` in the archive. The rules refuse a copy that lacks one. */
const COLUMNS = {
  workflow_transition_audit: `workflow_id, organization_id, sequence, request_id, previous_state, new_state,
    transition_reason, actor, metadata, transitioned_at, created_at, personal_digest, hash, kind, graph_version`,
  workflow_transition_rejections: `workflow_id, organization_id, number, request_id, code, message, state,
    requested_state, transition_reason, actor, rejected_at, created_at`,
  workflow_transition_votes: `workflow_id, organization_id, number, kind, request_id, entry, from_state, to_state,
    graph_version, role, actor, on_behalf_of, reason, metadata, expires, votes, needed, voted_at, created_at`,
};

/** Copies the rows of intents to the archive tables and takes them out of the trail, in the caller's transaction. */
export async function moveToTables(
  client: PoolClient,
  intents: readonly { id: string; endedAt: Date }[],
): Promise<MovedRows> {
  const ids = intents.map(({ id }) => id);
  await recordArchived(client, ids, null);
  for (const [table, columns] of Object.entries(COLUMNS)) {
    await client.query(
      `INSERT INTO ${table}_archive (${columns}, ended_at)
       SELECT ${columns}, (SELECT ended_at FROM intent_archives x WHERE x.workflow_id = t.workflow_id)
         FROM ${table} t WHERE workflow_id = ANY ($1)`,
      [ids],
    );
  }
  return removeArchived(client, ids);
}

/** Makes the partitions that the intents need, where they are not there yet, in the caller's transaction. */
export async function addPartitions(client: PoolClient, endedAt: readonly Date[]): Promise<void> {
  // Two runs at once take turns, and neither waits long for somebody who reads the archive.
  await client.query(`SET LOCAL lock_timeout = ${ARCHIVE_LIMITS.partitionLockMs}`);
  await client.query(`SELECT pg_advisory_xact_lock(hashtext('intent-engine: archive partitions'))`);
  await client.query(
    `SELECT intent_add_archive_partition(month)
       FROM (SELECT DISTINCT date_trunc('month', t, 'UTC') AS month FROM unnest($1::timestamptz[]) t) m`,
    [endedAt],
  );
}
