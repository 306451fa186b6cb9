import type { Pool } from 'pg';

import type { Metadata, MoveKind } from '../../../src/intent';
import { DRIVEN_GRAPHS, partGraph } from './graphs';

/** A driven intent, or a child of one, with all that Postgres has of it. */
export interface DrivenIntent {
  id: string;
  parentId: string | null;
  state: string;
  ended: boolean;
  /** Oldest first. */
  moves: Move[];
  /** Oldest first. */
  votes: CountedVote[];
}

/** An audit row. */
export interface Move {
  sequence: number;
  requestId: string;
  kind: MoveKind;
  previousState: string | null;
  newState: string;
  graphVersion: number;
  metadata: Metadata | null;
}

/** A row of a vote, or of one that has expired. */
export interface CountedVote {
  number: number;
  kind: 'cast' | 'expired';
  requestId: string;
  entry: number;
  fromState: string;
  toState: string;
  /** Number of the vote that has expired. */
  expires: number | null;
}

const NAMES = [...new Set([...Object.values(DRIVEN_GRAPHS), partGraph].map(({ name }) => name))];

/** The driven intents of a run, and their children. */
export async function readDrivenIntents(pool: Pool): Promise<DrivenIntent[]> {
  const { rows: intents } = await pool.query<Omit<DrivenIntent, 'moves' | 'votes'>>(
    `SELECT id, parent_id AS "parentId", state, ended_at IS NOT NULL AS ended
       FROM intent_workflows WHERE graph_name = ANY ($1)`,
    [NAMES],
  );
  const { rows: moves } = await pool.query<Move & { id: string }>(
    `SELECT a.workflow_id AS id, a.sequence, a.request_id AS "requestId", a.kind, a.previous_state AS "previousState",
            a.new_state AS "newState", a.graph_version AS "graphVersion", a.metadata
       FROM workflow_transition_audit a JOIN intent_workflows i ON i.id = a.workflow_id
      WHERE i.graph_name = ANY ($1) ORDER BY a.sequence`,
    [NAMES],
  );
  const { rows: votes } = await pool.query<CountedVote & { id: string }>(
    `SELECT workflow_id AS id, number, kind, request_id AS "requestId", entry, from_state AS "fromState",
            to_state AS "toState", expires
       FROM workflow_transition_votes ORDER BY number`,
  );
  const movesOf = byIntent(moves);
  const votesOf = byIntent(votes);
  return intents.map((intent) => ({
    ...intent,
    moves: movesOf.get(intent.id) ?? [],
    votes: votesOf.get(intent.id) ?? [],
  }));
}

/** Those that have not ended, or that Postgres does not know yet. */
export async function openIntents(
  pool: Pool,
  ids: readonly string[],
): Promise<{ id: string; paused: boolean }[]> {
  const { rows } = await pool.query<{ id: string; paused: boolean }>(
    `SELECT wanted.id, coalesce((
              SELECT a.kind = 'pause' FROM workflow_transition_audit a
               WHERE a.workflow_id = wanted.id AND a.kind IN ('pause', 'resume')
               ORDER BY a.sequence DESC LIMIT 1), false) AS paused
       FROM (SELECT unnest($1::uuid[]) AS id
             UNION SELECT id FROM intent_workflows WHERE graph_name = $2) wanted
       LEFT JOIN intent_workflows i ON i.id = wanted.id
      WHERE i.ended_at IS NULL`,
    [ids, partGraph.name],
  );
  return rows;
}

function byIntent<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const own = grouped.get(row.id);
    if (own === undefined) grouped.set(row.id, [row]);
    else own.push(row);
  }
  return grouped;
}
