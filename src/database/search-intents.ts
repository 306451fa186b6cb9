import { INTENT_COLUMNS, type IntentRow } from './read-intents';
import type { Queryable } from './queryable';

/** Which intents; whatever is left out does not narrow the search. */
export interface IntentFilter {
  organizationId?: string;
  /** In one of these. */
  states?: readonly string[];
  graphName?: string;
  graphVersion?: number;
  /** Created at this time or later. */
  createdSince?: Date;
  /** Created before this time. */
  createdBefore?: Date;
  /** In a terminal state, or not. */
  ended?: boolean;
}

export interface IntentPage {
  /** Newest first. */
  intents: IntentRow[];
  /** Where the next page begins; `null` after the last one. */
  next: string | null;
}

/** The place of an intent in the list, which no later transition changes. */
interface Position {
  /** In microseconds, which a `Date` has not. */
  createdAt: string;
  id: string;
}

/**
 * A page of the intents that a filter lets through, newest first. One that is created later belongs before the first page, so
 * no page repeats a row or skips one because of it.
 *
 * @param page `after`: the `next` of the page before; `limit`: rows at most
 * @throws RangeError when `after` is not the `next` of a page
 *
 * @example
 * const first = await searchIntents(pool, { states: ['APPROVED'] }, { limit: 50 });
 * const second = first.next && await searchIntents(pool, { states: ['APPROVED'] }, { limit: 50, after: first.next });
 */
export async function searchIntents(
  database: Queryable,
  filter: IntentFilter,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<IntentPage> {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = [
    ...conditionsOf(filter, place),
    ...(after === undefined ? [] : [beforePosition(readPosition(after), place)]),
  ];
  const { rows } = await database.query<IntentRow & { position: string }>(
    `SELECT ${INTENT_COLUMNS},
            to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
       FROM intent_workflows
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY created_at DESC, id DESC LIMIT ${place(limit + 1)}`,
    values,
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    intents: rows.slice(0, limit).map(({ position: _, ...row }) => row),
    next: last === undefined ? null : writePosition({ createdAt: last.position, id: last.id }),
  };
}

/** The conditions of a filter on rows of `intent_workflows`; `place` makes a parameter of a value. */
export function conditionsOf(filter: IntentFilter, place: (value: unknown) => string): string[] {
  const { organizationId, states, graphName, graphVersion, createdSince, createdBefore, ended } = filter;
  return [
    ...(organizationId === undefined ? [] : [`organization_id = ${place(organizationId)}`]),
    // A name that is no state of any graph is in no row, and is no error of Postgres.
    ...(states === undefined
      ? []
      : [
          `state IN (SELECT known FROM unnest(enum_range(NULL::workflow_state)) known WHERE known::text = ANY (${place(states)}))`,
        ]),
    ...(graphName === undefined ? [] : [`graph_name = ${place(graphName)}`]),
    ...(graphVersion === undefined ? [] : [`graph_version = ${place(graphVersion)}`]),
    ...(createdSince === undefined ? [] : [`created_at >= ${place(createdSince)}`]),
    ...(createdBefore === undefined ? [] : [`created_at < ${place(createdBefore)}`]),
    ...(ended === undefined ? [] : [`ended_at IS ${ended ? 'NOT ' : ''}NULL`]),
  ];
}

function beforePosition({ createdAt, id }: Position, place: (value: unknown) => string): string {
  return `(created_at, id) < (${place(createdAt)}::timestamptz, ${place(id)}::uuid)`;
}

function writePosition({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

const POSITION = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function readPosition(text: string): Position {
  const [, createdAt, id] = POSITION.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (createdAt === undefined || id === undefined || Number.isNaN(Date.parse(createdAt))) {
    throw new RangeError(
      `${JSON.stringify(text)} is not where a page begins: give what the page before said.`,
    );
  }
  return { createdAt, id };
}
