import { capturedRun } from './captured-run';

test.each([
  [['verify'], "required option '--every <duration>' not specified"],
  [['verify', '--every', '15'], 'Not a whole number with s, m, h or d behind it, such as 15m.'],
  [['verify', '--every', '5s'], 'Less than 10s.'],
  [['run'], "missing required argument 'name'"],
  [['run', 'reconcile'], 'Allowed choices are verify.'],
  [['delete', 'everything'], 'Allowed choices are verify.'],
])('intent schedule %j is refused with what to write instead', async (args, message) => {
  const { exitCode, stdout, stderr } = await capturedRun(['schedule', ...args]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test.each([['verify', '--every', '15m'], ['list']])(
  'intent schedule %s without a Temporal that answers exits with 1 and names the variable',
  async (...args) => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', DATABASE_URL: 'postgres://x:x@127.0.0.1:1/x' };
    const { exitCode, stderr } = await capturedRun(['schedule', ...args], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/(TEMPORAL_ADDRESS: Temporal|DATABASE_URL: Postgres) does not answer/);
  },
);
