import { formatDuration, parseDuration } from '../../src/schedule/duration';

test.each([
  ['30s', 30],
  ['15m', 900],
  ['6h', 21_600],
  ['1d', 86_400],
  ['90m', 5_400],
])('%s is %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(parseDuration(formatDuration(seconds))).toBe(seconds);
});

test('the shortest way is the one with the largest unit', () => {
  expect([60, 90, 86_400, 172_800, 86_401].map(formatDuration)).toEqual(['1m', '90s', '1d', '2d', '86401s']);
});

test.each(['', '15', 'm', '0m', '-1m', '1.5h', '15 m', '15M', '1w', '1h30m', '9999999999s'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
