import { createHash } from 'node:crypto';

import { FAULT_KINDS, FAULTS, GAP } from './faults';
import { schedule } from './schedule';
import { anySeed } from './seeded-random';

const OPTIONS = { steps: 40, longestMs: 4_000 };

test('a seed always gives the same schedule, and another seed another one', () => {
  const seed = anySeed();
  expect(schedule({ seed, ...OPTIONS })).toEqual(schedule({ seed, ...OPTIONS }));
  expect(schedule({ seed: seed + 1, ...OPTIONS })).not.toEqual(schedule({ seed, ...OPTIONS }));
});

test('every schedule has each fault, the gap after the commit three times, and never two on one server', () => {
  const first = anySeed();
  for (let seed = first; seed < first + 200; seed += 1) {
    for (const steps of [0, 40]) {
      const planned = schedule({ seed, steps, longestMs: 500 });
      const kinds = planned.flatMap(({ faults }) => faults.map(({ kind }) => kind));
      expect([seed, new Set(kinds)]).toEqual([seed, new Set(FAULT_KINDS)]);
      expect(kinds.filter((kind) => kind === GAP).length).toBeGreaterThanOrEqual(3);
      for (const { faults } of planned) {
        const targets = faults.map(({ kind }) => FAULTS[kind].on);
        expect([seed, new Set(targets).size]).toEqual([seed, targets.length]);
      }
    }
  }
});

test('what struck with the seeds 1 to 20 strikes with them for good, in both forms', () => {
  const forms = [
    { steps: 0, longestMs: 500 },
    { steps: 40, longestMs: 4_000 },
  ];
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  const struck = seeds.flatMap((seed) =>
    forms.map((form) =>
      schedule({ seed, ...form }).map(({ faults, strikesAfterPercent }) => ({ faults, strikesAfterPercent })),
    ),
  );
  const fingerprint = createHash('sha256').update(JSON.stringify(struck)).digest('hex');
  expect(fingerprint).toBe('804063cc0a4a8124685350a4f3b9e1dd6f789e89c97544f156990e3a176e50c3');
});

test('of six steps one kills the app worker, and one a worker after a move that an intent made by itself', () => {
  const besides = schedule({ seed: anySeed(), ...OPTIONS }).map(({ beside }) => beside ?? 'nothing');
  for (let index = 0; index + 6 <= besides.length; index += 1) {
    expect(besides.slice(index, index + 6).toSorted()).toEqual([
      'app worker killed',
      ...Array<string>(4).fill('nothing'),
      'worker dies after own move',
    ]);
  }
});
