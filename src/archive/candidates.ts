import type { Pool, PoolClient } from 'pg';

/** How many rows were moved. */
export interface MovedRows {
  auditRows: number;
  rejections: number;
  votes: number;
}

/** Which intents are to be archived. */
export interface ArchiveSelection {
  /** Ended, and last written, before this moment. */
  before: Date;
  organizationId?: string | undefined;
}

const CANDIDATES = `
  FROM intent_workflows i
 WHERE i.ended_at < $1 AND i.updated_at < $1 AND ($2::uuid IS NULL OR i.organization_id = $2)
   AND NOT EXISTS (SELECT FROM intent_archives x WHERE x.workflow_id = i.id)`;

/** How many there are. */
export async function countCandidates(pool: Pool, selection: ArchiveSelection): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::integer AS count ${CANDIDATES}`, [
    selection.before,
    selection.organizationId ?? null,
  ]);
  return rows[0]?.count ?? 0;
}

/**
 * Takes the next ones, those that ended first. Their rows stay locked until the transaction ends, and another run takes
 * others in the meantime; nobody who reads or records waits for such a lock.
 *
 * @param from when the last one before ended: what ended earlier is archived, and not looked at again
 */
export async function takeCandidates(
  client: PoolClient,
  selection: ArchiveSelection,
  limit: number,
  from: Date | undefined,
): Promise<{ id: string; endedAt: Date }[]> {
  for (;;) {
    const { rows: locked } = await client.query<{ id: string; endedAt: Date }>(
      `SELECT i.id, i.ended_at AS "endedAt" ${CANDIDATES} AND i.ended_at >= coalesce($4, '-infinity'::timestamptz)
        ORDER BY i.ended_at LIMIT $3 FOR UPDATE OF i SKIP LOCKED`,
      [selection.before, selection.organizationId ?? null, limit, from ?? null],
    );
    const taken = await withoutArchived(client, locked);
    if (taken.length > 0 || locked.length === 0) return taken;
  }
}

/**
 * Another run may have archived one after the statement that locked it began to look: the lock was free again, and
 * Postgres sees no reason to check the row anew. A statement that begins with the lock held sees it.
 */
async function withoutArchived<T extends { id: string }>(
  client: PoolClient,
  locked: readonly T[],
): Promise<T[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT workflow_id AS id FROM intent_archives WHERE workflow_id = ANY ($1)`,
    [locked.map(({ id }) => id)],
  );
  const archived = new Set(rows.map(({ id }) => id));
  return locked.filter(({ id }) => !archived.has(id));
}

/** Notes that they are archived, which the rules ask for before they let a row go. */
export async function recordArchived(
  client: PoolClient,
  ids: readonly string[],
  file: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO intent_archives (workflow_id, organization_id, ended_at, transitions, rejections, votes, file)
     SELECT i.id, i.organization_id, i.ended_at, i.sequence,
            (SELECT coalesce(max(r.number), 0) FROM workflow_transition_rejections r WHERE r.workflow_id = i.id),
            (SELECT coalesce(max(v.number), 0) FROM workflow_transition_votes v WHERE v.workflow_id = i.id), $2
       FROM intent_workflows i WHERE i.id = ANY ($1)`,
    [ids, file],
  );
}

/** Takes archived rows out of the trail; the rules let only those go that the archive has. */
export async function removeArchived(client: PoolClient, ids: readonly string[]): Promise<MovedRows> {
  const remove = async (table: string) =>
    (await client.query(`DELETE FROM ${table} WHERE workflow_id = ANY ($1)`, [ids])).rowCount ?? 0;
  return {
    auditRows: await remove('workflow_transition_audit'),
    rejections: await remove('workflow_transition_rejections'),
    votes: await remove('workflow_transition_votes'),
  };
}
