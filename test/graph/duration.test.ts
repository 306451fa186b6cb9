import fc from 'fast-check';

import { addDuration, durationMs, subtractDuration } from '../../src/graph';
import { parseDuration } from '../../src/graph/duration';

const AMSTERDAM = 'Europe/Amsterdam';

test.each([
  ['a day is 24 hours in UTC', '2026-03-28T12:00:00Z', 'P1D', undefined, '2026-03-29T12:00:00.000Z'],
  ['a day has 23 hours in spring', '2026-03-28T11:00:00Z', 'P1D', AMSTERDAM, '2026-03-29T10:00:00.000Z'],
  ['24 hours are 24 hours in spring', '2026-03-28T11:00:00Z', 'PT24H', AMSTERDAM, '2026-03-29T11:00:00.000Z'],
  ['a day has 25 hours in autumn', '2026-10-24T10:00:00Z', 'P1D', AMSTERDAM, '2026-10-25T11:00:00.000Z'],
  ['24 hours are 24 hours in autumn', '2026-10-24T10:00:00Z', 'PT24H', AMSTERDAM, '2026-10-25T10:00:00.000Z'],
  [
    'a local time that is skipped comes an hour later',
    '2026-03-28T01:30:00Z',
    'P1D',
    AMSTERDAM,
    '2026-03-29T01:30:00.000Z',
  ],
  [
    'a local time that comes twice is the first',
    '2026-10-24T00:30:00Z',
    'P1D',
    AMSTERDAM,
    '2026-10-25T00:30:00.000Z',
  ],
  ['days come before hours', '2026-03-28T11:00:00Z', 'P1DT24H', AMSTERDAM, '2026-03-30T10:00:00.000Z'],
  ['half a year keeps the local time', '2026-01-15T08:00:00Z', 'P6M', AMSTERDAM, '2026-07-15T07:00:00.000Z'],
  ['a month ends with its last day', '2026-01-31T12:00:00Z', 'P1M', undefined, '2026-02-28T12:00:00.000Z'],
  ['and in a leap year with the 29th', '2028-01-31T12:00:00Z', 'P1M', undefined, '2028-02-29T12:00:00.000Z'],
  ['a year after a leap day', '2028-02-29T12:00:00Z', 'P1Y', undefined, '2029-02-28T12:00:00.000Z'],
  ['four years after a leap day', '2028-02-29T12:00:00Z', 'P4Y', undefined, '2032-02-29T12:00:00.000Z'],
  ['weeks', '2026-01-01T00:00:00Z', 'P2W', undefined, '2026-01-15T00:00:00.000Z'],
  ['milliseconds', '2026-01-01T00:00:00.250Z', 'PT0.5S', undefined, '2026-01-01T00:00:00.750Z'],
])('%s', (_what, at, duration, timeZone, expected) => {
  expect(addDuration(at, duration, timeZone)).toBe(expected);
});

test.each([
  [
    'a day before, over the spring change',
    '2026-03-29T10:00:00Z',
    'P1D',
    AMSTERDAM,
    '2026-03-28T11:00:00.000Z',
  ],
  [
    'a day before, over the autumn change',
    '2026-10-25T11:00:00Z',
    'P1D',
    AMSTERDAM,
    '2026-10-24T10:00:00.000Z',
  ],
  ['a month before the 31st', '2026-03-31T12:00:00Z', 'P1M', undefined, '2026-02-28T12:00:00.000Z'],
  ['a year before a leap day', '2028-02-29T12:00:00Z', 'P1Y', undefined, '2027-02-28T12:00:00.000Z'],
])('%s', (_what, at, duration, timeZone, expected) => {
  expect(subtractDuration(at, duration, timeZone)).toBe(expected);
});

test.each([
  ['PT30S', 30_000],
  ['PT0.001S', 1],
  ['PT1H30M', 5_400_000],
  ['P1D', 86_400_000],
  ['P1W', 604_800_000],
])('%s has a fixed length', (duration, ms) => {
  expect(durationMs(duration)).toBe(ms);
});

test.each(['P1M', 'P1Y', 'P1Y2M'])('%s has none', (duration) => {
  expect(() => durationMs(duration)).toThrow(`${duration} has no fixed length`);
});

test.each([
  '',
  'P',
  'PT',
  'P1',
  '1D',
  '-P1D',
  'p1d',
  'P1.5D',
  'PT1.5H',
  'PT0S',
  'P0D',
  'P1DT',
  'PT1.2345S',
  ' P1D',
  'P101Y',
  'PT1S\n',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
  expect(() => addDuration('2026-01-01T00:00:00Z', text)).toThrow('is not a duration such as PT30S');
});

test('what is no instant or time zone is refused', () => {
  expect(() => addDuration('yesterday', 'P1D')).toThrow(RangeError);
  expect(() => addDuration('2026-01-01T00:00:00Z', 'P1D', 'Mars/Base')).toThrow(RangeError);
});

test('days in UTC and hours anywhere are added as milliseconds', () => {
  const at = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  const zone = fc.constantFrom('UTC', AMSTERDAM, 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(at, fc.integer({ min: 1, max: 5000 }), zone, (start, n, timeZone) => {
      const later = (ms: number) => new Date(start.getTime() + ms).toISOString();
      expect(addDuration(start.toISOString(), `P${n}D`)).toBe(later(durationMs(`P${n}D`)));
      expect(addDuration(start.toISOString(), `PT${n}H`, timeZone)).toBe(later(durationMs(`PT${n}H`)));
      expect(
        subtractDuration(addDuration(start.toISOString(), `PT${n}H`, timeZone), `PT${n}H`, timeZone),
      ).toBe(later(0));
    }),
  );
});
