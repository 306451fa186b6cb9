import type { Pool } from 'pg';

import type { ArchivedIntent } from '../archive/archive-file';
import { sqlStateOf } from '../database/sql-states';
import type { Finding, FindingCode } from './findings';
import type { Page } from './pages';

/**
 * All that SQL alone can say of a stretch of intents: from `$1`, exclusive, to `$2`, inclusive, by id; of one
 * organization where `$3` is not null. Intents whose rows are in archive files are left out, unless `$4` has those
 * rows: then it looks at these intents alone. What is read is materialized: joined, it would be read anew for each intent. Anyone may run it by hand, with null for `$3` and `$4`.
 */
const CHECK_ROWS_SQL = `
WITH page AS (
  SELECT i.*, x.ended_at AS archived_end, EXISTS (SELECT FROM intent_erasures e WHERE e.workflow_id = i.id) AS erased
    FROM intent_workflows i LEFT JOIN intent_archives x ON x.workflow_id = i.id
   WHERE i.id > $1::uuid AND i.id <= $2::uuid AND ($3::uuid IS NULL OR i.organization_id = $3::uuid)
     AND CASE WHEN $4::jsonb IS NULL THEN x.file IS NULL
              ELSE i.id IN (SELECT jsonb_array_elements_text($4::jsonb -> 'ids')::uuid) END
), stored AS MATERIALIZED (
  SELECT a AS audit FROM workflow_transition_audit a JOIN page p ON p.id = a.workflow_id
  UNION ALL
  SELECT jsonb_populate_record(NULL::workflow_transition_audit, to_jsonb(a))
    FROM workflow_transition_audit_archive a
    JOIN page p ON p.id = a.workflow_id AND p.archived_end = a.ended_at
  UNION ALL
  SELECT f FROM jsonb_populate_recordset(NULL::workflow_transition_audit, $4::jsonb -> 'audit') f
), trail AS (
  SELECT (s.audit).*,
         intent_audit_hash(lag((s.audit).hash) OVER chain, s.audit) AS computed,
         intent_personal_digest(p.personal_salt, s.audit) AS computed_digest,
         coalesce(lag((s.audit).sequence) OVER chain, 0) AS before,
         lag((s.audit).new_state) OVER chain AS came_from,
         row_number() OVER newest = 1 AS is_last,
         max((s.audit).sequence) FILTER (WHERE intent_begins_stay(s.audit)) OVER earlier AS begun,
         count(*) FILTER (WHERE (s.audit).kind = 'migration') OVER chain AS migrations,
         first_value(coalesce((s.audit).graph_version, p.first_graph_version, p.graph_version)) OVER chain
           AS first_version,
         p.organization_id AS owner, p.graph_name, p.erased,
         coalesce((s.audit).graph_version, p.first_graph_version, p.graph_version) AS version,
         coalesce(lag((s.audit).graph_version) OVER chain, p.first_graph_version, p.graph_version) AS version_before
    FROM stored s JOIN page p ON p.id = (s.audit).workflow_id
  WINDOW chain AS (PARTITION BY (s.audit).workflow_id ORDER BY (s.audit).sequence),
         earlier AS (PARTITION BY (s.audit).workflow_id ORDER BY (s.audit).sequence
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
         newest AS (PARTITION BY (s.audit).workflow_id ORDER BY (s.audit).sequence DESC)
), refused AS MATERIALIZED (
  SELECT r.workflow_id, r.organization_id, r.number, r.request_id, r.created_at
    FROM workflow_transition_rejections r JOIN page p ON p.id = r.workflow_id
  UNION ALL
  SELECT r.workflow_id, r.organization_id, r.number, r.request_id, r.created_at
    FROM workflow_transition_rejections_archive r
    JOIN page p ON p.id = r.workflow_id AND p.archived_end = r.ended_at
  UNION ALL
  SELECT workflow_id, organization_id, number, request_id, created_at
    FROM jsonb_populate_recordset(NULL::workflow_transition_rejections, $4::jsonb -> 'rejections')
), refusals AS (
  SELECT r.*, coalesce(lag(r.number) OVER (PARTITION BY r.workflow_id ORDER BY r.number), 0) AS before,
         p.organization_id AS owner
    FROM refused r JOIN page p ON p.id = r.workflow_id
), voted AS MATERIALIZED (
  SELECT v.workflow_id, v.organization_id, v.number, v.kind, v.entry, v.to_state, v.role, v.expires
    FROM workflow_transition_votes v JOIN page p ON p.id = v.workflow_id
  UNION ALL
  SELECT v.workflow_id, v.organization_id, v.number, v.kind, v.entry, v.to_state, v.role, v.expires
    FROM workflow_transition_votes_archive v
    JOIN page p ON p.id = v.workflow_id AND p.archived_end = v.ended_at
  UNION ALL
  SELECT workflow_id, organization_id, number, kind, entry, to_state, role, expires
    FROM jsonb_populate_recordset(NULL::workflow_transition_votes, $4::jsonb -> 'votes')
), ballots AS (
  SELECT v.*, coalesce(lag(v.number) OVER (PARTITION BY v.workflow_id ORDER BY v.number), 0) AS before,
         p.organization_id AS owner
    FROM voted v JOIN page p ON p.id = v.workflow_id
), counted AS (
  SELECT v.workflow_id, v.entry, v.to_state, count(*) AS votes, count(DISTINCT v.role) AS roles
    FROM voted v LEFT JOIN voted e ON (e.workflow_id, e.expires) = (v.workflow_id, v.number)
   WHERE v.kind = 'cast' AND e.number IS NULL
   GROUP BY v.workflow_id, v.entry, v.to_state
), approved AS (
  SELECT t.*, intent_approval_rule(t.graph_name, t.version, t.previous_state, t.new_state) AS rule
    FROM trail t WHERE t.kind = 'approval'
)
SELECT 'SEQUENCE_GAP' AS code, workflow_id, owner AS organization_id, sequence,
       format('%s comes after %s', sequence, before) AS detail
  FROM trail WHERE sequence <> before + 1
UNION ALL
SELECT 'ROW_ALTERED', workflow_id, owner, sequence,
       format('its hash is %s…, its content and the row before give %s…', left(hash, 12), left(computed, 12))
  FROM trail WHERE sequence = before + 1 AND hash IS DISTINCT FROM computed
UNION ALL
SELECT 'ROW_ALTERED', workflow_id, owner, sequence,
       CASE WHEN erased THEN 'it says something about people, though that was erased'
            ELSE 'its reason, actor and metadata do not give its personal_digest' END
  FROM trail
 WHERE CASE WHEN erased THEN num_nonnulls(transition_reason, actor, metadata) > 0
            ELSE personal_digest IS DISTINCT FROM computed_digest END
UNION ALL
SELECT 'STATES_DISCONNECTED', workflow_id, owner, sequence,
       format('it begins in %s, the row before led to %s',
              coalesce(previous_state::text, 'nothing'), coalesce(came_from::text, 'nothing'))
  FROM trail WHERE sequence = before + 1 AND previous_state IS DISTINCT FROM came_from
UNION ALL
SELECT 'NO_SUCH_EDGE', t.workflow_id, t.owner, t.sequence,
       coalesce(intent_move_problem(t.graph_name, t.version_before, t.version, coalesce(t.kind, 'transition'),
                                    t.previous_state, t.new_state),
                format('%s@%s has no edge from %s to %s', t.graph_name, t.version,
                       coalesce(t.previous_state::text, 'nothing'), t.new_state))
  FROM trail t
 WHERE CASE WHEN t.sequence = 1
            THEN t.new_state IS DISTINCT FROM (SELECT g.initial_state FROM workflow_graphs g
                                                WHERE (g.name, g.version) = (t.graph_name, t.version))
            -- The way of nearly all rows, without a call for each of them.
            WHEN coalesce(t.kind, 'transition') = 'transition' AND t.version = t.version_before
             AND EXISTS (SELECT FROM workflow_graph_edges e
                          WHERE (e.graph_name, e.graph_version) = (t.graph_name, t.version)
                            AND e.from_state = t.previous_state AND e.to_state = t.new_state)
             AND EXISTS (SELECT FROM workflow_graphs g
                          WHERE (g.name, g.version) = (t.graph_name, t.version) AND NOT g.definition ? 'approvals')
            THEN false
            ELSE intent_move_problem(t.graph_name, t.version_before, t.version, coalesce(t.kind, 'transition'),
                                     t.previous_state, t.new_state) IS NOT NULL END
UNION ALL
SELECT 'ORGANIZATION_DIFFERS', workflow_id, owner, sequence, format('the row belongs to %s', organization_id)
  FROM trail WHERE organization_id <> owner
UNION ALL
SELECT 'ORGANIZATION_DIFFERS', workflow_id, owner, number,
       format('rejection %s belongs to %s', number, organization_id)
  FROM refusals WHERE organization_id <> owner
UNION ALL
SELECT 'ORGANIZATION_DIFFERS', workflow_id, owner, number, format('vote %s belongs to %s', number, organization_id)
  FROM ballots WHERE organization_id <> owner
UNION ALL
SELECT 'VOTE_GAP', workflow_id, owner, number, format('%s comes after %s', number, before)
  FROM ballots WHERE number <> before + 1
UNION ALL
SELECT 'VOTES_MISSING', a.workflow_id, a.owner, a.sequence,
       coalesce(format('%s of the %s votes from %s to %s are stored',
                       coalesce(CASE WHEN a.rule @> '{"distinctRoles": true}' THEN c.roles ELSE c.votes END, 0),
                       a.rule ->> 'count', a.previous_state, a.new_state),
                'the graph asks for no votes there')
  FROM approved a
  LEFT JOIN counted c ON (c.workflow_id, c.entry, c.to_state) = (a.workflow_id, a.begun, a.new_state)
 WHERE a.rule IS NULL
    OR coalesce(CASE WHEN a.rule @> '{"distinctRoles": true}' THEN c.roles ELSE c.votes END, 0)
       < (a.rule ->> 'count')::integer
UNION ALL
SELECT 'TRAIL_MISSING', p.id, p.organization_id, NULL, format('it is in %s', p.state)
  FROM page p WHERE NOT EXISTS (SELECT FROM trail t WHERE t.workflow_id = p.id)
UNION ALL
SELECT 'MIRROR_DIFFERS', p.id, p.organization_id, t.sequence,
       format('it says %s at sequence %s by version %s, the last audit row %s at %s by %s',
              p.state, p.sequence, p.graph_version, t.new_state, t.sequence, t.version)
  FROM page p JOIN trail t ON t.workflow_id = p.id AND t.is_last
 WHERE (p.state, p.sequence, p.audit_hash, p.graph_version)
       IS DISTINCT FROM (t.new_state, t.sequence, t.hash, t.version)
    OR p.first_graph_version IS DISTINCT FROM CASE WHEN t.migrations > 0 THEN t.first_version END
    OR p.ended_at IS DISTINCT FROM (
         SELECT t.transitioned_at FROM workflow_graph_states s
          WHERE (s.graph_name, s.graph_version) = (p.graph_name, p.graph_version)
            AND s.state = t.new_state AND s.terminal)
UNION ALL
SELECT 'REQUEST_ANSWERED_TWICE', t.workflow_id, t.owner, t.sequence,
       format('%s was applied, and then rejected as number %s', t.request_id, r.number)
  FROM trail t JOIN refusals r ON (r.workflow_id, r.request_id) = (t.workflow_id, t.request_id)
 WHERE r.created_at > t.created_at
UNION ALL
SELECT 'REQUEST_ANSWERED_TWICE', workflow_id, min(owner::text)::uuid, max(sequence),
       format('%s was applied %s times', request_id, count(*))
  FROM trail GROUP BY workflow_id, request_id HAVING count(*) > 1
UNION ALL
SELECT 'REJECTION_GAP', workflow_id, owner, number, format('%s comes after %s', number, before)
  FROM refusals WHERE number <> before + 1
UNION ALL
SELECT 'QUARANTINED', p.id, p.organization_id, NULL, c.sqlstate || ': ' || c.message
  FROM page p JOIN workflow_transition_conflicts c ON c.workflow_id = p.id
UNION ALL
SELECT 'ORPHANED_ROW', o.workflow_id, min(o.organization_id::text)::uuid, NULL, format('%s rows', count(*))
  FROM (SELECT workflow_id, organization_id FROM workflow_transition_audit
         WHERE workflow_id > $1::uuid AND workflow_id <= $2::uuid
        UNION ALL
        SELECT workflow_id, organization_id FROM workflow_transition_rejections
         WHERE workflow_id > $1::uuid AND workflow_id <= $2::uuid
        UNION ALL
        SELECT workflow_id, organization_id FROM workflow_transition_audit_archive
         WHERE workflow_id > $1::uuid AND workflow_id <= $2::uuid
        UNION ALL
        SELECT workflow_id, organization_id FROM workflow_transition_rejections_archive
         WHERE workflow_id > $1::uuid AND workflow_id <= $2::uuid
        UNION ALL
        SELECT workflow_id, organization_id FROM workflow_transition_votes
         WHERE workflow_id > $1::uuid AND workflow_id <= $2::uuid
        UNION ALL
        SELECT workflow_id, organization_id FROM workflow_transition_votes_archive
         WHERE workflow_id > $1::uuid AND workflow_id <= $2::uuid) o
 WHERE $4::jsonb IS NULL AND ($3::uuid IS NULL OR o.organization_id = $3::uuid)
   AND NOT EXISTS (SELECT FROM intent_workflows i WHERE i.id = o.workflow_id)
 GROUP BY o.workflow_id
ORDER BY workflow_id, sequence NULLS LAST, code`.trim();

export interface Stretch {
  /** Exclusive. */
  after: string;
  /** Inclusive. */
  upTo: string;
  organizationId?: string | undefined;
  /** Intents that were archived to a file, as the file has them: only these are looked at. */
  archived?: readonly ArchivedIntent[] | undefined;
}

/** What SQL finds wrong with the intents of a stretch. */
export async function checkRows(
  pool: Pool,
  { after, upTo, organizationId, archived }: Stretch,
): Promise<Finding[]> {
  const { rows } = await pool.query<{
    code: FindingCode;
    workflow_id: string;
    organization_id: string;
    sequence: number | null;
    detail: string;
  }>({
    name: 'check_rows',
    text: CHECK_ROWS_SQL,
    values: [after, upTo, organizationId ?? null, archived === undefined ? null : archivedRows(archived)],
  });
  return rows.map((row) => ({
    code: row.code,
    intentId: row.workflow_id,
    organizationId: row.organization_id,
    ...(row.sequence !== null && { sequence: row.sequence }),
    detail: row.detail,
  }));
}

const STATEMENT_TIMEOUT = '57014';

/**
 * The same for a page of intents. Where their trails are so long that the statement takes too long, it is looked at in
 * halves.
 */
export async function checkPage(
  pool: Pool,
  { ids, stretch }: Page,
  organizationId: string | undefined,
): Promise<Finding[]> {
  try {
    return await checkRows(pool, { ...stretch, organizationId });
  } catch (error) {
    const middle = ids[Math.floor(ids.length / 2) - 1];
    if (sqlStateOf(error) !== STATEMENT_TIMEOUT || middle === undefined) throw error;
    const half = ids.indexOf(middle) + 1;
    const first = { ids: ids.slice(0, half), stretch: { after: stretch.after, upTo: middle } };
    const second = { ids: ids.slice(half), stretch: { after: middle, upTo: stretch.upTo } };
    return [
      ...(await checkPage(pool, first, organizationId)),
      ...(await checkPage(pool, second, organizationId)),
    ];
  }
}

/** Put together as text: a number that JavaScript would round stays as it is. */
function archivedRows(intents: readonly ArchivedIntent[]): string {
  const ids = JSON.stringify(intents.map(({ id }) => id));
  const lines = (of: 'audit' | 'rejections' | 'votes') => intents.flatMap((intent) => intent[of]).join(',');
  return `{"ids":${ids},"audit":[${lines('audit')}],"rejections":[${lines('rejections')}],"votes":[${lines('votes')}]}`;
}
