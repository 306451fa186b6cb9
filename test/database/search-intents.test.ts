import { randomUUID } from 'node:crypto';

import { insertOutcomes } from '../../src/database/insert-outcomes';
import { searchIntents, type IntentFilter } from '../../src/database/search-intents';
import { applied, createdIntent, TO_PENDING, useDatabase } from './use-database';

const pools = useDatabase('search intents');

async function found(filter: IntentFilter): Promise<string[]> {
  const { intents } = await searchIntents(pools.engine, filter, { limit: 100 });
  return intents.map(({ id }) => id);
}

test('its pages hold every intent once, newest first, whatever is created and moved meanwhile', async () => {
  const organizationId = randomUUID();
  const intents = [];
  for (let i = 0; i < 10; i += 1) intents.push(await createdIntent(pools.engine, { organizationId }));
  const created = intents.map(({ id }) => id);
  const [first] = intents as [(typeof intents)[0]];
  // Created in the same microsecond: then the id decides.
  await pools.superuser.query(
    `BEGIN; SET LOCAL session_replication_role = replica;
     UPDATE intent_workflows SET created_at = (SELECT created_at FROM intent_workflows WHERE id = '${created[1]}')
      WHERE id IN (${created
        .slice(2, 6)
        .map((id) => `'${id}'`)
        .join()});
     COMMIT`,
  );

  const listed: string[] = [];
  let after: string | undefined;
  do {
    const page = await searchIntents(pools.engine, { organizationId }, { limit: 3, after });
    expect(page.intents.length).toBeLessThanOrEqual(3);
    listed.push(...page.intents.map(({ id }) => id));
    after = page.next ?? undefined;
    if (listed.length === 3) {
      await createdIntent(pools.engine, { organizationId });
      await insertOutcomes(pools.engine, first, [applied(2, TO_PENDING)]);
    }
  } while (after !== undefined);

  const together = created.slice(1, 6).toSorted().toReversed();
  expect(listed).toEqual([...created.slice(6).toReversed(), ...together, first.id]);
});

test('no page is last when there is one row more, and the one that is says so', async () => {
  const organizationId = randomUUID();
  for (let i = 0; i < 2; i += 1) await createdIntent(pools.engine, { organizationId });
  const next = async (limit: number) =>
    (await searchIntents(pools.engine, { organizationId }, { limit })).next;
  expect([await next(1), await next(2), await next(3)]).toEqual([expect.any(String), null, null]);
});

test('each condition narrows the search, and so do all together', async () => {
  const organizationId = randomUUID();
  const waiting = await createdIntent(pools.engine, { organizationId });
  const moved = await createdIntent(pools.engine, { organizationId });
  await insertOutcomes(pools.engine, moved, [applied(2, TO_PENDING)]);
  const ended = await createdIntent(pools.engine, { organizationId });
  await insertOutcomes(pools.engine, ended, [applied(2, ['CREATED', 'CANCELLED'])]);
  const { intents } = await searchIntents(pools.engine, { organizationId }, { limit: 10 });
  const createdAt = intents.find(({ id }) => id === moved.id)?.createdAt as Date;

  const all = [ended.id, moved.id, waiting.id];
  const expected: Array<[IntentFilter, string[]]> = [
    [{}, all],
    [{ states: ['ICP_PENDING'] }, [moved.id]],
    [{ states: ['CREATED', 'CANCELLED'] }, [ended.id, waiting.id]],
    [{ states: ['NO_STATE_OF_ANY_GRAPH'] }, []],
    [{ states: [] }, []],
    [{ graphName: 'content-intent' }, all],
    [{ graphName: 'another' }, []],
    [{ graphName: 'content-intent', graphVersion: 1 }, all],
    [{ graphName: 'content-intent', graphVersion: 2 }, []],
    [{ ended: true }, [ended.id]],
    [{ ended: false }, [moved.id, waiting.id]],
    // In milliseconds: what was created in the same one is still of that time.
    [{ createdSince: new Date(createdAt.getTime() + 60_000) }, []],
    [{ createdBefore: new Date(createdAt.getTime() - 60_000) }, []],
    [{ createdSince: new Date(0), createdBefore: new Date(createdAt.getTime() + 60_000) }, all],
    [{ ended: false, states: ['ICP_PENDING'], graphName: 'content-intent' }, [moved.id]],
  ];
  for (const [filter, ids] of expected) {
    expect([filter, await found({ organizationId, ...filter })]).toEqual([filter, ids]);
  }
  expect(await found({ organizationId: randomUUID() })).toEqual([]);
});

test.each([
  ['words', 'page-2'],
  ['nothing', ''],
  ['a time that is none', Buffer.from(`2026-13-01T00:00:00.000000Z ${randomUUID()}`).toString('base64url')],
  ['SQL', Buffer.from(`2026-01-01T00:00:00.000000Z ' OR true --`).toString('base64url')],
])('where a page begins is not %s', async (_, after) => {
  await expect(searchIntents(pools.engine, {}, { limit: 1, after })).rejects.toThrow(
    /is not where a page begins: give what the page before said/,
  );
});
