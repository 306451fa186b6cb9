import type { Pool } from 'pg';

/** Which intents are to be moved. */
export interface Which {
  graphName: string;
  /** That they follow. */
  graphVersion: number;
  organizationId?: string | undefined;
}

export interface RunningIntent {
  id: string;
  state: string;
  sequence: number;
  /** How many of its requests were rejected. */
  rejections: number;
}

const RUNNING = `graph_name = $1 AND graph_version = $2 AND ($3::uuid IS NULL OR organization_id = $3)
   AND ended_at IS NULL`;

const valuesOf = ({ graphName, graphVersion, organizationId }: Which) => [
  graphName,
  graphVersion,
  organizationId ?? null,
];

/** How many follow the version in each state, those of an id behind `after`. */
export async function countRunning(
  pool: Pool,
  which: Which,
  after: string,
): Promise<{ state: string; intents: number }[]> {
  const { rows } = await pool.query<{ state: string; intents: number }>(
    `SELECT state, count(*)::integer AS intents FROM intent_workflows
      WHERE ${RUNNING} AND id > $4 GROUP BY state ORDER BY state`,
    [...valuesOf(which), after],
  );
  return rows;
}

/** Intents that follow the version, by their ids, a page at a time. */
export async function* pagesOfRunning(
  pool: Pool,
  which: Which,
  { after, pageSize }: { after: string; pageSize: number },
): AsyncGenerator<RunningIntent[]> {
  for (let last = after; ;) {
    const { rows } = await pool.query<RunningIntent>({
      name: 'running_intents',
      text: `SELECT id, state, sequence,
                    coalesce((SELECT max(r.number) FROM workflow_transition_rejections r WHERE r.workflow_id = i.id), 0)
                      AS rejections
               FROM intent_workflows i WHERE ${RUNNING} AND id > $4 ORDER BY id LIMIT $5`,
      values: [...valuesOf(which), last, pageSize],
    });
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    last = end.id;
  }
}
