import type { Queryable } from './queryable';

/** Which of these intents of an organization have ended, and in which state: in no order. */
export async function readEndedIntents(
  database: Queryable,
  organizationId: string,
  ids: readonly string[],
): Promise<{ id: string; state: string }[]> {
  const { rows } = await database.query<{ id: string; state: string }>({
    name: 'read_ended_intents',
    text: `SELECT id, state FROM intent_workflows
            WHERE id = ANY ($1::uuid[]) AND organization_id = $2 AND ended_at IS NOT NULL`,
    values: [ids, organizationId],
  });
  return rows;
}
