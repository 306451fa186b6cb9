import { isRefusal, sqlStateOf } from '../../src/database/sql-states';
import { useDatabase } from './use-database';

const pools = useDatabase('sql states');

const failing = (sql: string) =>
  pools.engine.query(sql).then(
    () => undefined,
    (error: unknown) => error,
  );

test('errors of Postgres have their SQLSTATE, others have none', async () => {
  expect(sqlStateOf(await failing('SELECT 1 / 0'))).toBe('22012');
  for (const error of [new Error('x'), { code: 'ECONNREFUSED' }, { code: 7 }, 'text', null, undefined]) {
    expect(sqlStateOf(error)).toBeUndefined();
  }
});

test.each([
  ['a contradiction', 'IE001', true],
  ['a gap, which can be filled', 'IE002', false],
  ['no such edge', 'IE003', true],
  ['a unique violation', '23505', true],
  ['an invalid value', '22P02', true],
  ['a missing privilege', '42501', false],
  ['a deadlock', '40P01', false],
  ['too many connections', '53300', false],
  ['a server that shuts down', '57P01', false],
  ['a canceled statement', '57014', false],
])('%s (%s): refused for good is %s', (_name, code, expected) => {
  expect(isRefusal({ code })).toBe(expected);
});

test('a lost connection is no refusal', () => {
  expect(isRefusal({ code: 'ECONNRESET' })).toBe(false);
  expect(isRefusal(new Error('Connection terminated unexpectedly'))).toBe(false);
});
