import { countDeadline } from '../../src/activities/count-deadline';

const from = '2027-03-27T12:00:00.000Z';

test('a deadline is counted by what this machine knows of its time zone', () => {
  const rule = { after: 'P1D', timeZone: 'Europe/Amsterdam', reminders: [{ before: 'PT1H' }] };
  expect(countDeadline({ rule, from })).toEqual({
    dueAt: '2027-03-28T11:00:00.000Z',
    reminders: [{ before: 'PT1H', at: '2027-03-28T10:00:00.000Z' }],
  });
});

test('a time zone that it does not know fails for good, by its name', () => {
  const named: unknown = expect.objectContaining({
    type: 'INVALID_INPUT',
    nonRetryable: true,
    message: expect.stringContaining('Mars/Olympus') as string,
  });
  expect(() => countDeadline({ rule: { after: 'P1D', timeZone: 'Mars/Olympus' }, from })).toThrow(
    named as Error,
  );
});
