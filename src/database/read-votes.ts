import type { Metadata } from '../intent';
import type { Queryable } from './queryable';

/** A row of `workflow_transition_votes`. */
export interface VoteRow {
  /** Position among the intent's votes, from 1. */
  number: number;
  kind: 'cast' | 'expired';
  requestId: string;
  /** Sequence of the audit row that began the stay that it counts for. */
  entry: number;
  fromState: string;
  toState: string;
  graphVersion: number;
  role: string;
  actor: string | null;
  onBehalfOf: string | null;
  reason: string | null;
  metadata: Metadata | null;
  /** Number of the vote that no longer counts; `null` for one that was cast. */
  expires: number | null;
  /** How many counted for the edge after it. */
  votes: number;
  needed: number;
  votedAt: Date;
}

/** The columns of a {@link VoteRow}. */
export const VOTE_COLUMNS = `number, kind, request_id AS "requestId", entry, from_state AS "fromState", to_state AS "toState",
  graph_version AS "graphVersion", role, actor, on_behalf_of AS "onBehalfOf", reason, metadata, expires, votes, needed,
  voted_at AS "votedAt"`;

/** The votes of one intent, oldest first, wherever in the database they stand. */
export async function readVotes(database: Queryable, intentId: string): Promise<VoteRow[]> {
  const { rows } = await database.query<VoteRow>({
    name: 'read_votes',
    text: `SELECT ${VOTE_COLUMNS} FROM workflow_transition_votes WHERE workflow_id = $1
           UNION ALL
           SELECT ${VOTE_COLUMNS} FROM workflow_transition_votes_archive
            WHERE workflow_id = $1 AND ended_at = (SELECT ended_at FROM intent_archives WHERE workflow_id = $1)
           ORDER BY number`,
    values: [intentId],
  });
  return rows;
}
