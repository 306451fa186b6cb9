import type { IntentEvent } from '../events/read-events';

export type EventKind = IntentEvent['kind'];

/** A receiver of an organization's events, as it is stored, but for its secrets. */
export interface Webhook {
  id: string;
  organizationId: string;
  url: string;
  /** For people. */
  description: string | null;
  /** Of events that it is told of; `null`: all. */
  kinds: EventKind[] | null;
  /** Transitions into these are told; `null`: all. */
  states: string[] | null;
  /** It is told of events after this one. */
  startPosition: number;
  /** Events up to this one are handed on to be delivered. */
  position: number;
  createdBy: string;
  createdAt: Date;
  disabledAt: Date | null;
  /** `deleted` by the organization; `gone`: the receiver answered 410. */
  disabledBecause: 'deleted' | 'gone' | null;
}

/** The columns of a {@link Webhook}. Positions are far below what a double counts. */
export const WEBHOOK_COLUMNS = `id, organization_id AS "organizationId", url, description, kinds, states,
  start_position::float8 AS "startPosition", position::float8 AS position, created_by AS "createdBy",
  created_at AS "createdAt", disabled_at AS "disabledAt", disabled_because AS "disabledBecause"`;
