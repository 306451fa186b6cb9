import type { Pool } from 'pg';

import { formatGraphReference, type Graph } from '../graph';
import { LIMITS, type RememberedRejection, type StoredMove, type StoredTrail } from '../intent';
import { readGraph } from './read-graphs';
import type { IntentRow } from './read-intents';

/**
 * What the tables say of how an intent went on, for its workflow to go on from there. Rows in the archive are left out.
 *
 * @throws Error where the tables lack a graph that the rows name
 */
export async function readTrail(pool: Pool, intent: IntentRow): Promise<StoredTrail> {
  const [moves, refused, { rejections, votes }] = await Promise.all([
    readMoves(pool, intent.id),
    readRefused(pool, intent.id),
    readCounts(pool, intent.id),
  ]);
  const firstVersion = intent.firstGraphVersion ?? intent.graphVersion;
  const followed = moves.flatMap(({ kind, graphVersion }) => (kind === 'migration' ? [graphVersion] : []));
  const graphs = new Map<number, Graph>();
  for (const version of new Set([firstVersion, ...followed])) {
    if (version === null) continue;
    const reference = { name: intent.graphName, version };
    const graph = await readGraph(pool, reference);
    if (graph === undefined) throw new Error(`Postgres lacks the graph ${formatGraphReference(reference)}.`);
    graphs.set(version, graph);
  }
  return { moves, graphs, firstVersion, refused, rejections, votes };
}

/** Where an intent comes from. */
export interface Origin {
  /** How many intents up its line of parents has, as far as an intent may have them. */
  generation: number;
  /** Goes into the digests of what its rows say about people; `null` once that was erased. */
  personalSalt: string | null;
}

export async function readOrigin(pool: Pool, intentId: string): Promise<Origin> {
  const { rows } = await pool.query<Origin>({
    name: 'read_origin',
    text: `WITH RECURSIVE line AS (
             SELECT parent_id, 0 AS generation FROM intent_workflows WHERE id = $1
             UNION ALL
             SELECT p.parent_id, l.generation + 1
               FROM line l JOIN intent_workflows p ON p.id = l.parent_id
              WHERE l.generation < $2
           )
           SELECT max(generation) AS generation,
                  (SELECT personal_salt FROM intent_workflows WHERE id = $1) AS "personalSalt"
             FROM line`,
    values: [intentId, LIMITS.generations],
  });
  return rows[0] ?? { generation: 0, personalSalt: null };
}

async function readMoves(pool: Pool, intentId: string): Promise<StoredMove[]> {
  const { rows } = await pool.query<Omit<StoredMove, 'transitionedAt'> & { transitionedAt: Date }>({
    name: 'read_moves',
    text: `SELECT sequence, request_id AS "requestId", previous_state AS "previousState", new_state AS "newState",
                  transitioned_at AS "transitionedAt", kind, graph_version AS "graphVersion", actor,
                  CASE WHEN kind IN ('work', 'undo') THEN metadata END AS metadata
             FROM workflow_transition_audit WHERE workflow_id = $1 ORDER BY sequence`,
    values: [intentId],
  });
  return rows.map((row) => ({ ...row, transitionedAt: row.transitionedAt.toISOString() }));
}

/** As many as a workflow remembers. */
async function readRefused(pool: Pool, intentId: string): Promise<RememberedRejection[]> {
  const { rows } = await pool.query<{ refused: RememberedRejection }>({
    name: 'read_refused',
    text: `SELECT refused FROM (
             (SELECT rejected_at AS at, number,
                     jsonb_build_object('status', 'rejected', 'requestId', request_id, 'code', code,
                       'message', message, 'state', state, 'number', number) AS refused
                FROM workflow_transition_rejections WHERE workflow_id = $1 ORDER BY number DESC LIMIT $2)
             UNION ALL
             (SELECT voted_at, number,
                     jsonb_build_object('status', 'voted', 'requestId', request_id, 'to', to_state, 'votes', votes,
                       'needed', needed, 'state', from_state, 'number', number)
                FROM workflow_transition_votes v
               WHERE workflow_id = $1 AND kind = 'cast'
                 AND NOT EXISTS (SELECT FROM workflow_transition_audit a
                                  WHERE a.workflow_id = v.workflow_id AND a.request_id = v.request_id)
               ORDER BY number DESC LIMIT $2)
           ) remembered ORDER BY at, number`,
    values: [intentId, LIMITS.rememberedRejections],
  });
  return rows.map(({ refused }) => refused);
}

async function readCounts(pool: Pool, intentId: string): Promise<{ rejections: number; votes: number }> {
  const { rows } = await pool.query<{ rejections: number; votes: number }>({
    name: 'read_counts',
    text: `SELECT (SELECT coalesce(max(number), 0) FROM workflow_transition_rejections WHERE workflow_id = $1) AS rejections,
                  (SELECT coalesce(max(number), 0) FROM workflow_transition_votes WHERE workflow_id = $1) AS votes`,
    values: [intentId],
  });
  return rows[0] ?? { rejections: 0, votes: 0 };
}
