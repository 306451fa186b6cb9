import type { AuditRow } from '../../intent';
import type { Queryable } from '../queryable';
import { AUDIT_COLUMNS } from '../read-history';
import { VOTE_COLUMNS, type VoteRow } from '../read-votes';

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
  row: AsJson<AuditRow> | AsJson<VoteRow> | null;
}

/** JSON has no times. */
type AsJson<Row> = { [Name in keyof Row]: Row[Name] extends Date ? string : Row[Name] };

/** The row of an event `e`, as JSON: an intent may have been archived since. */
const ROW = `CASE e.kind
    WHEN 'transition' THEN (SELECT to_jsonb(r) FROM (
      SELECT ${AUDIT_COLUMNS} FROM workflow_transition_audit_all
       WHERE workflow_id = e.workflow_id AND sequence = e.row_number LIMIT 1) r)
    ELSE (SELECT to_jsonb(r) FROM (
      SELECT ${VOTE_COLUMNS} FROM workflow_transition_votes_all
       WHERE workflow_id = e.workflow_id AND number = e.row_number LIMIT 1) r)
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
    transition: row !== null && 'sequence' in row ? transitionOf(row) : null,
    vote: row !== null && 'entry' in row ? voteOf(row) : null,
  };
}

function transitionOf(row: AsJson<AuditRow>): AuditRow {
  return { ...row, transitionedAt: new Date(row.transitionedAt), createdAt: new Date(row.createdAt) };
}

function voteOf(row: AsJson<VoteRow>): VoteRow {
  return { ...row, votedAt: new Date(row.votedAt) };
}
