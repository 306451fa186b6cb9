import { deadlineTimes, dependsOnTimeZoneData } from '../../src/graph';

test('a deadline of some days lies that many times 24 hours later, and the reminders before it in their order', () => {
  const reminders = [{ before: 'PT1H' }, { before: 'P7D' }, { before: 'P1D' }];
  expect(deadlineTimes({ after: 'P14D', reminders }, '2027-03-20T12:00:00.000Z')).toEqual({
    dueAt: '2027-04-03T12:00:00.000Z',
    reminders: [
      { before: 'P7D', at: '2027-03-27T12:00:00.000Z' },
      { before: 'P1D', at: '2027-04-02T12:00:00.000Z' },
      { before: 'PT1H', at: '2027-04-03T11:00:00.000Z' },
    ],
  });
});

test('in a time zone the deadline and its reminders keep the hour of the day, over both changes of the clock', () => {
  const rule = { after: 'P2D', timeZone: 'Europe/Amsterdam', reminders: [{ before: 'P1D' }] };
  expect(deadlineTimes(rule, '2027-03-26T20:00:00.000Z')).toEqual({
    dueAt: '2027-03-28T19:00:00.000Z',
    reminders: [{ before: 'P1D', at: '2027-03-27T20:00:00.000Z' }],
  });
  expect(deadlineTimes(rule, '2027-10-30T10:00:00.000Z')).toEqual({
    dueAt: '2027-11-01T11:00:00.000Z',
    reminders: [{ before: 'P1D', at: '2027-10-31T11:00:00.000Z' }],
  });
});

test('a month and 30 days before are ordered by the time that they turn out to be', () => {
  const reminders = [{ before: 'P1M' }, { before: 'P30D' }];
  const order = (from: string) =>
    deadlineTimes({ after: 'P1Y', reminders }, from).reminders.map(({ before }) => before);
  expect(order('2026-03-15T12:00:00.000Z')).toEqual(['P30D', 'P1M']);
  expect(order('2026-01-15T12:00:00.000Z')).toEqual(['P1M', 'P30D']);
});

test('a reminder whose time has come when the clock starts is left out', () => {
  const reminders = [{ before: 'P1D' }, { before: 'PT1H' }];
  const from = '2027-01-01T00:00:00.000Z';
  expect(deadlineTimes({ reminders }, from, '2027-01-01T12:00:00.000Z')).toEqual({
    dueAt: '2027-01-01T12:00:00.000Z',
    reminders: [{ before: 'PT1H', at: '2027-01-01T11:00:00.000Z' }],
  });
  expect(deadlineTimes({ reminders }, from, '2019-01-01T00:00:00.000Z').reminders).toEqual([]);
});

test('only a time zone other than UTC needs data that may differ from machine to machine', () => {
  expect(dependsOnTimeZoneData({ after: 'P1M' })).toBe(false);
  expect(dependsOnTimeZoneData({ after: 'P1M', timeZone: 'UTC' })).toBe(false);
  expect(dependsOnTimeZoneData({ after: 'P1M', timeZone: 'Europe/Amsterdam' })).toBe(true);
  expect(() => deadlineTimes({ after: 'P1D', timeZone: 'Mars/Olympus' }, '2027-01-01T00:00:00Z')).toThrow(
    RangeError,
  );
});
