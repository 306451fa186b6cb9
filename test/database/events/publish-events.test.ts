import { randomUUID } from 'node:crypto';

import { publishEvents } from '../../../src/database/events/publish-events';
import { readEventFeed, readEvents } from '../../../src/database/events/read-events';
import { insertOutcomes } from '../../../src/database/insert-outcomes';
import { organizationSession } from '../../../src/database/organization-session';
import { eventually } from '../../setup/eventually';
import { applied, createdIntent, TO_PENDING, useDatabase } from '../use-database';

const pools = useDatabase('publish events');

const all = { after: 0, limit: 1_000 };

test('what has happened has positions without gaps, and the rows that it names', async () => {
  const organizationId = randomUUID();
  const intent = await createdIntent(pools.engine, { organizationId });
  await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
  expect(await publishEvents(pools.gateway, organizationId, 10)).toBe(2);
  const events = await readEvents(organizationSession(pools.gateway, organizationId), organizationId, all);
  expect(events.map(({ position, transition }) => [position, transition?.newState])).toEqual([
    [1, 'CREATED'],
    [2, 'ICP_PENDING'],
  ]);
});

test('a row that becomes visible late comes after those that were seen, and is not missed', async () => {
  const organizationId = randomUUID();
  const late = await pools.superuser.connect();
  try {
    // Its number is the lower one; it is committed after the other was published.
    await late.query('BEGIN');
    const slow = randomUUID();
    await late.query(`SELECT intent_create($1, $2, $3, 'content-intent', 1, NULL, NULL, NULL, now(), NULL)`, [
      slow,
      organizationId,
      randomUUID(),
    ]);
    const quick = await createdIntent(pools.engine, { organizationId });
    expect(await publishEvents(pools.gateway, organizationId, 10)).toBe(1);
    await late.query('COMMIT');
    expect(await publishEvents(pools.gateway, organizationId, 10)).toBe(2);
    const events = await readEvents(pools.engine, organizationId, all);
    expect(events.map(({ intentId }) => intentId)).toEqual([quick.id, slow]);
  } finally {
    late.release();
  }
});

test('of sessions that publish at the same time each event gets one position', async () => {
  const organizationId = randomUUID();
  const creating = Promise.all(
    Array.from({ length: 60 }, () => createdIntent(pools.engine, { organizationId })),
  );
  await Promise.all([
    creating,
    ...Array.from({ length: 6 }, async () => {
      for (let round = 0; round < 20; round += 1) await publishEvents(pools.gateway, organizationId, 7);
    }),
  ]);
  await eventually(async () => {
    await publishEvents(pools.gateway, organizationId, 7);
    expect((await readEventFeed(pools.engine, organizationId)).last).toBe(60);
  });
  const events = await readEvents(pools.engine, organizationId, all);
  expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  const ids = (await creating).map(({ id }) => id);
  expect(events.map(({ intentId }) => intentId).toSorted()).toEqual(ids.toSorted());
});

test('events of 30 days ago are removed, and the feed says up to which', async () => {
  const organizationId = randomUUID();
  await createdIntent(pools.engine, { organizationId });
  await createdIntent(pools.engine, { organizationId });
  await publishEvents(pools.gateway, organizationId, 10);
  await pools.superuser.query(
    `UPDATE intent_events SET published_at = now() - interval '31 days' WHERE organization_id = $1 AND position = 1`,
    [organizationId],
  );
  await createdIntent(pools.engine, { organizationId });
  await publishEvents(pools.gateway, organizationId, 10);
  expect(await readEventFeed(pools.engine, organizationId)).toEqual({ last: 3, removedTo: 1 });
  expect((await readEvents(pools.engine, organizationId, all)).map(({ position }) => position)).toEqual([
    2, 3,
  ]);
});

test('a transition that is recorded again is no event again', async () => {
  const organizationId = randomUUID();
  const intent = await createdIntent(pools.engine, { organizationId });
  await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
  await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
  expect(await publishEvents(pools.gateway, organizationId, 10)).toBe(2);
});
