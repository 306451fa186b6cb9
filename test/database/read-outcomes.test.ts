import { randomUUID } from 'node:crypto';

import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readOutcomes } from '../../src/database/read-outcomes';
import { AT, applied, createdIntent, rejected, TO_PENDING, TO_PROCESSING, useDatabase } from './use-database';

const pools = useDatabase('read outcomes');

test('outcomes come in the order of their keys, with nothing where there is none', async () => {
  const [one, other] = [await createdIntent(pools.engine), await createdIntent(pools.engine)];
  await insertOutcomes(pools.engine, one, [applied(2, TO_PENDING, { requestId: 'a' }), rejected(1)]);
  await insertOutcomes(pools.engine, other, [applied(2, ['CREATED', 'CANCELLED'], { requestId: 'a' })]);
  const keys = [
    [other.id, 'a'],
    [one.id, 'unknown'],
    [one.id, 'rejected-1'],
    [randomUUID(), 'a'],
    [one.id, 'creation'],
    [one.id, 'a'],
    [one.id, 'a'],
  ] as const;
  const a = {
    status: 'applied',
    requestId: 'a',
    sequence: 2,
    previousState: 'CREATED',
    newState: 'ICP_PENDING',
    transitionedAt: AT,
  };
  await expect(
    readOutcomes(
      pools.engine,
      keys.map(([intentId, requestId]) => ({ intentId, requestId })),
    ),
  ).resolves.toEqual([
    { ...a, newState: 'CANCELLED' },
    undefined,
    {
      status: 'rejected',
      requestId: 'rejected-1',
      code: 'ILLEGAL_TRANSITION',
      message: 'no',
      state: 'CREATED',
    },
    undefined,
    { ...a, requestId: 'creation', sequence: 1, previousState: null, newState: 'CREATED' },
    a,
    a,
  ]);
});

test('of rejections of one id the newest counts', async () => {
  const intent = await createdIntent(pools.engine);
  const again = (number: number, message: string) => rejected(number, { requestId: 'again', message });
  await insertOutcomes(pools.engine, intent, [
    again(1, 'first'),
    again(2, 'second'),
    again(3, 'third'),
    rejected(4),
  ]);
  await expect(
    readOutcomes(pools.engine, [{ intentId: intent.id, requestId: 'again' }]),
  ).resolves.toMatchObject([{ message: 'third' }]);
});

test('an applied outcome is final, whenever it was rejected', async () => {
  const intent = await createdIntent(pools.engine);
  const requestId = 'again';
  await insertOutcomes(pools.engine, intent, [
    rejected(1, { requestId }),
    applied(2, TO_PENDING, { requestId }),
    rejected(2, { requestId }),
    applied(3, TO_PROCESSING),
  ]);
  await expect(readOutcomes(pools.engine, [{ intentId: intent.id, requestId }])).resolves.toMatchObject([
    { status: 'applied', sequence: 2 },
  ]);
});

test('thousands of keys are one query', async () => {
  const intent = await createdIntent(pools.engine);
  const batch = Array.from({ length: 400 }, (_, index) => rejected(index + 1, { requestId: `r${index}` }));
  await insertOutcomes(pools.engine, intent, batch);
  const keys = Array.from({ length: 5_000 }, (_, index) => ({ intentId: intent.id, requestId: `r${index}` }));
  const outcomes = await readOutcomes(pools.engine, keys.toReversed());
  expect(outcomes).toHaveLength(5_000);
  expect(outcomes.toReversed().map((outcome) => outcome?.requestId)).toEqual(
    keys.map(({ requestId }, index) => (index < 400 ? requestId : undefined)),
  );
});

test('no keys are no rows', async () => {
  await expect(readOutcomes(pools.engine, [])).resolves.toEqual([]);
});
