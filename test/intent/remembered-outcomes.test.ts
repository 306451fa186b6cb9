import fc from 'fast-check';

import { jsonBytes, LIMITS, RememberedOutcomes, type CarriedOutcomes, type Decision } from '../../src/intent';
import { AT } from './new-intent';

const applied = (sequence: number, requestId: string, newState = `S${sequence}`): Decision => ({
  status: 'applied',
  sequence,
  requestId,
  previousState: sequence === 1 ? null : `S${sequence - 1}`,
  newState,
  transitionedAt: AT,
});

const rejected = (number: number, requestId: string, message = 'no'): Decision => ({
  status: 'rejected',
  number,
  requestId,
  code: 'ILLEGAL_TRANSITION',
  message,
  state: 'S1',
  rejectedAt: AT,
});

const ALL = { sequence: Infinity, rejections: Infinity };

function remember(...decisions: Decision[]): RememberedOutcomes {
  const outcomes = new RememberedOutcomes();
  decisions.forEach((decision) => outcomes.add(decision));
  return outcomes;
}

const carried = (outcomes: RememberedOutcomes) =>
  RememberedOutcomes.fromCarried(JSON.parse(JSON.stringify(outcomes.toCarried())) as CarriedOutcomes);

test('an applied id is answered with its place in the trail', () => {
  expect(remember(applied(1, 'creation'), applied(2, 'a')).find('a', ALL)).toEqual({
    status: 'applied',
    requestId: 'a',
    sequence: 2,
    previousState: 'S1',
    newState: 'S2',
    transitionedAt: AT,
  });
});

test('the creation comes from no state', () => {
  expect(remember(applied(1, 'creation')).find('creation', ALL)).toMatchObject({ previousState: null });
});

test('a rejected id is answered with its code, without the number of its row', () => {
  expect(remember(rejected(1, 'a')).find('a', ALL)).toEqual({
    status: 'rejected',
    requestId: 'a',
    code: 'ILLEGAL_TRANSITION',
    message: 'no',
    state: 'S1',
  });
});

test('what Postgres does not hold yet is known but not visible', () => {
  const outcomes = remember(applied(1, 'a'), applied(2, 'b'), rejected(1, 'c'), rejected(2, 'd'));
  const visible = (sequence: number, rejections: number) =>
    ['a', 'b', 'c', 'd'].filter((id) => outcomes.find(id, { sequence, rejections }) !== undefined);
  expect(visible(0, 0)).toEqual([]);
  expect(visible(1, 0)).toEqual(['a']);
  expect(visible(1, 1)).toEqual(['a', 'c']);
  expect(visible(2, 2)).toEqual(['a', 'b', 'c', 'd']);
  expect(['a', 'b', 'c', 'd'].every((id) => outcomes.has(id))).toBe(true);
});

test('an unknown id has no outcome', () => {
  const outcomes = remember(applied(1, 'a'));
  expect(outcomes.has('b')).toBe(false);
  expect(outcomes.find('b', ALL)).toBeUndefined();
});

test.each(['__proto__', 'constructor', 'toString', 'length'])('%s is an id like any other', (id) => {
  expect(new RememberedOutcomes().has(id)).toBe(false);
  expect(carried(remember(applied(1, id))).find(id, ALL)).toMatchObject({ requestId: id, sequence: 1 });
  expect(carried(remember(rejected(1, id))).find(id, ALL)).toMatchObject({ status: 'rejected' });
});

test('the time that Postgres stored first is adopted, for this transition alone', () => {
  const outcomes = remember(applied(1, 'a'), applied(2, 'b'));
  outcomes.adoptTime({ sequence: 2, transitionedAt: '2020-05-05T05:05:05.005Z' });
  outcomes.adoptTime({ sequence: 3, transitionedAt: '1999-01-01T00:00:00.000Z' });
  expect(outcomes.last(2).map(({ transitionedAt }) => transitionedAt)).toEqual([
    AT,
    '2020-05-05T05:05:05.005Z',
  ]);
  expect(carried(outcomes).find('b', ALL)).toMatchObject({ transitionedAt: '2020-05-05T05:05:05.005Z' });
});

test('the last transitions come oldest first', () => {
  const outcomes = remember(...Array.from({ length: 5 }, (_, index) => applied(index + 1, `r${index + 1}`)));
  expect(outcomes.last(2).map(({ sequence }) => sequence)).toEqual([4, 5]);
  expect(outcomes.last(9).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  expect(new RememberedOutcomes().last(3)).toEqual([]);
});

test('the oldest rejected ids are forgotten beyond the window; applied ones never', () => {
  const outcomes = remember(applied(1, 'kept'));
  const count = LIMITS.rememberedRejections + 2;
  for (let number = 1; number <= count; number += 1) outcomes.add(rejected(number, `r${number}`));
  expect(['r1', 'r2', 'r3', 'kept'].map((id) => outcomes.has(id))).toEqual([false, false, true, true]);
  expect(outcomes.toCarried().rejections).toHaveLength(LIMITS.rememberedRejections);
});

test('a forgotten id may be used again, and its newest outcome counts', () => {
  const outcomes = remember(rejected(1, 'again', 'first'));
  for (let number = 2; number <= LIMITS.rememberedRejections + 1; number += 1) {
    outcomes.add(rejected(number, `r${number}`));
  }
  expect(outcomes.has('again')).toBe(false);
  outcomes.add(rejected(LIMITS.rememberedRejections + 2, 'again', 'second'));
  expect(outcomes.find('again', ALL)).toMatchObject({ message: 'second' });
  outcomes.add(rejected(LIMITS.rememberedRejections + 3, 'other'));
  expect(outcomes.has('again')).toBe(true);
});

test('rejections that take more bytes than others shorten the window', () => {
  const outcomes = new RememberedOutcomes();
  // Control characters take six bytes each as JSON.
  const wide = '\u0001'.repeat(LIMITS.messageLength);
  for (let number = 1; number <= LIMITS.rememberedRejections; number += 1) {
    outcomes.add(rejected(number, `r${number}`, wide));
  }
  const { rejections } = outcomes.toCarried();
  expect(rejections.length).toBeGreaterThan(100);
  expect(jsonBytes(rejections)).toBeLessThanOrEqual(LIMITS.rememberedRejectionsBytes + 2);
  expect(rejections.at(-1)?.number).toBe(LIMITS.rememberedRejections);
  expect(carried(outcomes).toCarried()).toEqual(outcomes.toCarried());
});

test('the memory of transitions is full at its limit in bytes, and carrying it changes nothing', () => {
  const outcomes = new RememberedOutcomes();
  let sequence = 0;
  while (!outcomes.full) outcomes.add(applied((sequence += 1), `${'i'.repeat(36)}${sequence}`, 'STATE'));
  const bytes = jsonBytes(outcomes.toCarried().transitions);
  expect(bytes).toBeGreaterThanOrEqual(LIMITS.rememberedTransitionsBytes);
  expect(bytes).toBeLessThan(LIMITS.rememberedTransitionsBytes + 200);
  expect(sequence).toBeGreaterThan(12_000);
  expect(carried(outcomes).full).toBe(true);
});

test('a round trip as JSON changes no answer', () => {
  const step = fc.record({ id: fc.string({ unit: 'binary', maxLength: 4 }), ok: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const outcomes = new RememberedOutcomes();
      let [sequence, number] = [0, 0];
      for (const { id, ok } of steps) {
        if (outcomes.has(id)) continue;
        outcomes.add(ok ? applied((sequence += 1), id) : rejected((number += 1), id));
      }
      const copy = carried(outcomes);
      for (const { id } of steps) expect(copy.find(id, ALL)).toEqual(outcomes.find(id, ALL));
      expect(copy.last(100)).toEqual(outcomes.last(100));
    }),
  );
});
