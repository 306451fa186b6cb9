import type { Queryable } from '../../database/queryable';
import { readHistory } from '../../database/read-history';
import { readVotes, type VoteRow } from '../../database/read-votes';
import type { AuditRow } from '../../intent';
import { GATEWAY_LIMITS } from '../limits';
import { wrongField } from '../problem';
import { answerOfTransition, answerOfVote } from '../schemas/records';
import type { OrganizationFeed } from './organization-feed';
import type { ServerSentEvent } from './server-sent-events';
import { whileAway } from './while-away';

/** What a client has seen of an intent: the last transition, and the last vote. Both are counted without gaps. */
export interface Seen {
  sequence: number;
  vote: number;
}

/** @throws Problem INVALID_ARGUMENT */
export function seenOf(lastEventId: string | undefined): Seen {
  if (lastEventId === undefined) return { sequence: 0, vote: 0 };
  const [, sequence, vote] = /^(\d{1,9})-(\d{1,9})$/.exec(lastEventId) ?? [];
  if (sequence === undefined) {
    throw wrongField('header.last-event-id', 'must be the id of an event of this stream, such as 7-0');
  }
  return { sequence: Number(sequence), vote: Number(vote) };
}

/** Everything that has happened to an intent since, and that happens from now on. */
export async function* intentEvents(
  database: Queryable,
  intentId: string,
  feed: OrganizationFeed,
  since: Seen,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  let seen = since;
  while (!signal.aborted) {
    const { version } = feed;
    const rows = await whileAway(() => read(database, intentId, seen), [], signal);
    for (const row of rows) {
      seen = 'sequence' in row ? { ...seen, sequence: row.sequence } : { ...seen, vote: row.number };
      const [type, data] =
        'sequence' in row
          ? (['transition', { transition: answerOfTransition(row) }] as const)
          : (['vote', { vote: answerOfVote(row) }] as const);
      yield { id: `${seen.sequence}-${seen.vote}`, event: type, data: { type, intentId, ...data } };
    }
    if (rows.length === 0) await feed.changed(version, signal);
  }
}

/** In the order in which it happened: votes follow the transition that led into the state in which they were cast. */
async function read(
  database: Queryable,
  intentId: string,
  { sequence, vote }: Seen,
): Promise<Array<AuditRow | VoteRow>> {
  const transitions = await readHistory(database, intentId, {
    after: sequence,
    limit: GATEWAY_LIMITS.eventsPerLook,
  });
  const last = transitions.at(-1)?.sequence ?? sequence;
  // Of a stay whose beginning is not read yet: they come with it.
  const votes = (await readVotes(database, intentId)).filter(
    ({ number, entry }) => number > vote && entry <= last,
  );
  return [...transitions, ...votes].sort((a, b) => placeOf(a) - placeOf(b));
}

function placeOf(row: AuditRow | VoteRow): number {
  return 'sequence' in row ? row.sequence : row.entry + 0.5;
}
