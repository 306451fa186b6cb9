import type { Queryable } from '../queryable';
import type { Webhook } from './webhook';

/** A webhook, for whoever hands events on to it. */
export interface DispatchedWebhook extends Pick<
  Webhook,
  'id' | 'organizationId' | 'kinds' | 'states' | 'position'
> {
  round: number;
  /** Position of the organization's last event. */
  last: number;
  /** Whether events of the organization wait for a position. */
  unpublished: boolean;
  /** Whether a replay of dead letters was asked for. */
  deadLetters: boolean;
}

/** All webhooks that are told of something, of all organizations. */
export async function readDispatchedWebhooks(database: Queryable): Promise<DispatchedWebhook[]> {
  const { rows } = await database.query<DispatchedWebhook>({
    name: 'read_dispatched_webhooks',
    text: `SELECT w.id, w.organization_id AS "organizationId", w.kinds, w.states, w.position::float8 AS position, w.round,
                  coalesce(f.last_position, 0)::float8 AS last,
                  EXISTS (SELECT FROM intent_event_outbox o WHERE o.organization_id = w.organization_id) AS unpublished,
                  EXISTS (SELECT FROM intent_webhook_dead_letters d WHERE d.webhook_id = w.id
                             AND d.replay_requested_at IS NOT NULL AND d.replayed_at IS NULL) AS "deadLetters"
             FROM intent_webhooks w LEFT JOIN intent_event_feeds f USING (organization_id)
            WHERE w.disabled_at IS NULL ORDER BY w.organization_id, w.created_at`,
  });
  return rows;
}

/** Organizations of which events wait for a position, whether or not anybody listens. */
export async function readUnpublishedOrganizations(database: Queryable): Promise<string[]> {
  const { rows } = await database.query<{ organizationId: string }>({
    name: 'read_unpublished_organizations',
    text: 'SELECT DISTINCT organization_id AS "organizationId" FROM intent_event_outbox',
  });
  return rows.map(({ organizationId }) => organizationId);
}

/** Notes how far events are handed on, unless a replay has set the webhook back meanwhile. */
export async function advanceWebhook(
  database: Queryable,
  { id, round, position }: Pick<DispatchedWebhook, 'id' | 'round' | 'position'>,
  to: number,
): Promise<void> {
  await database.query({
    name: 'advance_webhook',
    text: 'UPDATE intent_webhooks SET position = $4 WHERE id = $1 AND round = $2 AND position = $3',
    values: [id, round, position, to],
  });
}
