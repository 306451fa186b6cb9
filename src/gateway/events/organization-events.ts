import { eventData } from '../../database/events/event-data';
import { readEventFeed, readEvents, type IntentEvent } from '../../database/events/read-events';
import type { Queryable } from '../../database/queryable';
import { GATEWAY_LIMITS } from '../limits';
import { Problem, wrongField } from '../problem';
import type { Organization } from '../organizations';
import type { OrganizationFeed } from './organization-feed';
import { whileAway } from './while-away';
import type { ServerSentEvent } from './server-sent-events';

/**
 * The position to go on from: that of the last event which the client has seen, or, for one that has seen none, that of the last
 * one there is.
 *
 * @throws Problem INVALID_ARGUMENT, EVENTS_GONE
 */
export async function positionOf(
  { id, database }: Organization,
  feed: OrganizationFeed,
  lastEventId: string | undefined,
): Promise<number> {
  if (lastEventId === undefined) return feed.latest();
  const { last, removedTo } = await readEventFeed(database, id);
  if (!/^\d{1,15}$/.test(lastEventId)) {
    throw wrongField(
      'header.last-event-id',
      'must be the id of an event of this stream, or 0 for all that are kept',
    );
  }
  const position = Number(lastEventId);
  if (position >= removedTo && position <= last) return position;
  if (position === 0) return removedTo;
  throw new Problem(
    'EVENTS_GONE',
    position > last
      ? `There is no event ${position}: the last one is ${last}. Postgres was restored from a backup; read the intents anew, then go on from ${last}.`
      : `Events up to ${removedTo} are no longer kept; read the intents anew, then go on from ${removedTo}.`,
  );
}

/** Everything that happens in an organization, after a position. */
export async function* organizationEvents(
  { id, database }: Organization,
  feed: OrganizationFeed,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  let seen = after;
  while (!signal.aborted) {
    const { version } = feed;
    const events = await whileAway(() => read(database, id, seen), [], signal);
    for (const event of events) {
      seen = event.position;
      yield { id: String(event.position), event: event.kind, data: eventData(event) };
    }
    if (events.length === 0) await feed.changed(version, signal);
  }
}

function read(database: Queryable, organizationId: string, after: number): Promise<IntentEvent[]> {
  return readEvents(database, organizationId, { after, limit: GATEWAY_LIMITS.eventsPerLook });
}
