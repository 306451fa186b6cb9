import { messageOf, toFailure } from '../../src/activities/failures';
import { useDatabase } from '../database/use-database';
import { LIMITS } from '../../src/intent';

const pools = useDatabase('failures');

test('what Postgres refuses at great length is kept as 500 characters, whole ones', async () => {
  const long = await pools.engine
    .query(`DO $$ BEGIN RAISE EXCEPTION '%', repeat('🌱', 100000) USING ERRCODE = 'IE001'; END $$`)
    .catch((failure: unknown) => failure);
  expect((long as Error).message.length).toBe(200_000);
  for (const message of [messageOf(long), (toFailure(long) as Error).message]) {
    expect(message.length).toBe(LIMITS.messageLength);
    expect(message.isWellFormed()).toBe(true);
  }
});
