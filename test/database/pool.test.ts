import { DATABASE_LIMITS } from '../../src/database/limits';
import { poolSizeFromEnvironment } from '../../src/database/pool';
import { LOCK_NOT_AVAILABLE, sqlStateOf } from '../../src/database/sql-states';
import { createdIntent, useDatabase } from './use-database';

const pools = useDatabase('pool');

test('every session has the time limits', async () => {
  const { rows } = await pools.engine.query(
    `SELECT name, setting::integer FROM pg_settings
      WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') ORDER BY name`,
  );
  expect(rows).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: DATABASE_LIMITS.idleInTransactionMs },
    { name: 'lock_timeout', setting: DATABASE_LIMITS.lockMs },
    { name: 'statement_timeout', setting: DATABASE_LIMITS.statementMs },
  ]);
});

test('whoever waits too long for a lock is told that it was a lock, and the connection serves on', async () => {
  const { id } = await createdIntent(pools.engine);
  const holder = await pools.owner.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE intent_workflows IN ACCESS EXCLUSIVE MODE');
    const read = () => pools.engine.query('SELECT FROM intent_workflows WHERE id = $1', [id]);
    const error: unknown = await read().catch((failure: unknown) => failure);
    expect(sqlStateOf(error)).toBe(LOCK_NOT_AVAILABLE);
    await holder.query('ROLLBACK');
    expect((await read()).rowCount).toBe(1);
  } finally {
    holder.release(true);
  }
});

test('DATABASE_POOL_SIZE is a whole number up to the limit, or an error that names it', () => {
  const size = (text?: string) => poolSizeFromEnvironment({ DATABASE_POOL_SIZE: text });
  expect([size(), size(''), size('1'), size('500')]).toEqual([20, 20, 1, 500]);
  for (const wrong of ['0', '501', '-1', '1.5', '1e2', 'many', '9'.repeat(400)]) {
    expect(() => size(wrong)).toThrow('DATABASE_POOL_SIZE: must be a whole number from 1 to 500, not "');
  }
});
