import type { AuditRow } from '../../intent';
import type { Queryable } from '../queryable';
import type { VoteRow } from '../read-votes';

/** Something that has happened to an intent: a transition, or a vote. */
export interface IntentEvent {
  /** Among the organization's events, from 1. */
  position: number;
  intentId: string;
  kind: 'transition' | 'vote';
  /** Sequence of the transition, or number of the vote. */
  row: number;
  /** `null` when it was moved into an archive file since. */
  transition: AuditRow | null;
  vote: VoteRow | null;
}

/** How far an organization's events have come. */
export interface EventFeed {
  last: number;
  /** Events up to this position are no longer kept. */
  removedTo: number;
}

/** @param organizationId left out where the session sees one organization only */
export async function readEventFeed(database: Queryable, organizationId: string): Promise<EventFeed> {
  const { rows } = await database.query<{ last: string; removed: string }>({
    name: 'read_event_feed',
    text: `SELECT last_position AS last, removed_to AS removed FROM intent_event_feeds WHERE organization_id = $1`,
    values: [organizationId],
  });
  return { last: Number(rows[0]?.last ?? 0), removedTo: Number(rows[0]?.removed ?? 0) };
}

interface EventRow {
  position: string;
  intentId: string;
  kind: 'transition' | 'vote';
  number: number;
  row: Record<string, unknown> | null;
}

/** The row of an event `e`: an intent may have been archived since. */
const ROW = `CASE e.kind
    WHEN 'transition' THEN (SELECT to_jsonb(a) FROM workflow_transition_audit_all a
                             WHERE a.workflow_id = e.workflow_id AND a.sequence = e.row_number LIMIT 1)
    ELSE (SELECT to_jsonb(v) FROM workflow_transition_votes_all v
           WHERE v.workflow_id = e.workflow_id AND v.number = e.row_number LIMIT 1)
  END`;

/** Events of an organization after a position, in order. */
export async function readEvents(
  database: Queryable,
  organizationId: string,
  { after, limit }: { after: number; limit: number },
): Promise<IntentEvent[]> {
  const { rows } = await database.query<EventRow>({
    name: 'read_events',
    text: `SELECT e.position, e.workflow_id AS "intentId", e.kind, e.row_number AS number, ${ROW} AS row
             FROM intent_events e
            WHERE e.organization_id = $1 AND e.position > $2
            ORDER BY e.position LIMIT $3`,
    values: [organizationId, after, limit],
  });
  return rows.map(eventOf);
}

/** What names an event for as long as its row is kept, whatever becomes of its position. */
export type EventName = Pick<IntentEvent, 'position' | 'intentId' | 'kind' | 'row'>;

/** One event by its name, whose row is `null` when it is no longer there. */
export async function readEvent(
  database: Queryable,
  { position, intentId, kind, row }: EventName,
): Promise<IntentEvent> {
  const { rows } = await database.query<EventRow>({
    name: 'read_event',
    text: `SELECT e.position, e.workflow_id AS "intentId", e.kind, e.row_number AS number, ${ROW} AS row
             FROM (SELECT $1::bigint AS position, $2::uuid AS workflow_id, $3::text AS kind, $4::integer AS row_number) e`,
    values: [position, intentId, kind, row],
  });
  return eventOf(rows[0] as EventRow);
}

function eventOf({ position, intentId, kind, number, row }: EventRow): IntentEvent {
  return {
    position: Number(position),
    intentId,
    kind,
    row: number,
    transition: kind === 'transition' && row !== null ? auditRowOf(row) : null,
    vote: kind === 'vote' && row !== null ? voteRowOf(row) : null,
  };
}

function auditRowOf(row: Record<string, unknown>): AuditRow {
  return {
    sequence: row['sequence'],
    requestId: row['request_id'],
    previousState: row['previous_state'],
    newState: row['new_state'],
    reason: row['transition_reason'],
    actor: row['actor'],
    metadata: row['metadata'],
    kind: row['kind'],
    graphVersion: row['graph_version'],
    hash: row['hash'],
    transitionedAt: new Date(row['transitioned_at'] as string),
    createdAt: new Date(row['created_at'] as string),
  } as AuditRow;
}

function voteRowOf(row: Record<string, unknown>): VoteRow {
  return {
    number: row['number'],
    kind: row['kind'],
    requestId: row['request_id'],
    entry: row['entry'],
    fromState: row['from_state'],
    toState: row['to_state'],
    graphVersion: row['graph_version'],
    role: row['role'],
    actor: row['actor'],
    onBehalfOf: row['on_behalf_of'],
    reason: row['reason'],
    metadata: row['metadata'],
    expires: row['expires'],
    votes: row['votes'],
    needed: row['needed'],
    votedAt: new Date(row['voted_at'] as string),
  } as VoteRow;
}
