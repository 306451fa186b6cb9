import { randomUUID } from 'node:crypto';

import { insertOutcomes } from '../../src/database/insert-outcomes';
import { organizationSession } from '../../src/database/organization-session';
import { readHistory } from '../../src/database/read-history';
import { readIntents } from '../../src/database/read-intents';
import { readOutcomes } from '../../src/database/read-outcomes';
import { readRecords } from '../../src/database/read-records';
import { readVotes } from '../../src/database/read-votes';
import { searchIntents } from '../../src/database/search-intents';
import { applied, createdIntent, refusal, TO_PENDING, useDatabase } from './use-database';

const pools = useDatabase('organization session');

const [mine, theirs] = [randomUUID(), randomUUID()];
let intents: Record<string, string>;

beforeAll(async () => {
  intents = {};
  for (const organizationId of [mine, theirs]) {
    const intent = await createdIntent(pools.engine, { organizationId });
    await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
    intents[organizationId] = intent.id;
  }
});

test('whatever is read for one organization, nothing of another is in it', async () => {
  const session = organizationSession(pools.gateway, mine);
  const [own, foreign] = [intents[mine] ?? '', intents[theirs] ?? ''];
  expect((await readIntents(session, [own, foreign])).map((row) => row?.id)).toEqual([own, undefined]);
  expect(await readHistory(session, own)).toHaveLength(2);
  expect(await readHistory(session, foreign)).toEqual([]);
  expect(await readVotes(session, foreign)).toEqual([]);
  const keys = [own, foreign].map((intentId) => ({ intentId, requestId: 'request-2' }));
  expect((await readOutcomes(session, keys)).map((outcome) => outcome?.status)).toEqual([
    'applied',
    undefined,
  ]);
  expect([...(await readRecords(session, [own, foreign])).keys()]).not.toContain(foreign);
  const { intents: found } = await searchIntents(session, {}, { limit: 10 });
  expect(found.map(({ id }) => id)).toEqual([own]);
});

test('nothing is left of it on the connection', async () => {
  const one = organizationSession(pools.gateway, mine);
  await Promise.all(Array.from({ length: 40 }, () => one.query('SELECT 1')));
  const { rows } = await pools.gateway.query<{ role: string; organization: string | null }>(
    `SELECT current_user::text AS role, nullif(current_setting('intent.organization_id', true), '') AS organization`,
  );
  expect(rows).toEqual([{ role: 'intent_gateway', organization: null }]);
});

test('it can write nothing', async () => {
  const session = organizationSession(pools.gateway, mine);
  expect(await refusal(session.query('UPDATE intent_workflows SET title = $1', ['x']))).toBe('25006');
});

test.each(['', 'acme', `${randomUUID()}' --`, randomUUID().toUpperCase()])('no organization is %j', (id) => {
  expect(() => organizationSession(pools.gateway, id)).toThrow('organizationId: must be a UUID');
});
