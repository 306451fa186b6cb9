import type { Metadata } from '../intent';
import type { Queryable } from './queryable';

/** A row of `intent_workflows`. */
export interface IntentRow {
  id: string;
  organizationId: string;
  state: string;
  sequence: number;
  auditHash: string;
  graphName: string;
  /** That it follows now. */
  graphVersion: number;
  /** That it was created with, where that is another one; else `null`. */
  firstGraphVersion: number | null;
  title: string | null;
  metadata: Metadata | null;
  createdBy: string | null;
  /** First run of the workflow that created it. */
  runId: string;
  createdAt: Date;
  updatedAt: Date;
  /** When a terminal state was reached, or `null`. */
  endedAt: Date | null;
}

/** The columns of an {@link IntentRow}. */
export const INTENT_COLUMNS = `id, organization_id AS "organizationId", state, sequence, audit_hash AS "auditHash",
  graph_name AS "graphName", graph_version AS "graphVersion", first_graph_version AS "firstGraphVersion", title, metadata,
  created_by AS "createdBy", run_id AS "runId", created_at AS "createdAt", updated_at AS "updatedAt",
  ended_at AS "endedAt"`;

/** The mirror's rows of the given intents, in the order of `ids`; `undefined` where there is none. */
export async function readIntents(
  database: Queryable,
  ids: readonly string[],
): Promise<Array<IntentRow | undefined>> {
  const result = await database.query<IntentRow>({
    name: 'read_intents',
    text: `SELECT ${INTENT_COLUMNS} FROM intent_workflows WHERE id = ANY ($1::uuid[])`,
    values: [ids],
  });
  const byId = new Map(result.rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id.toLowerCase()));
}
