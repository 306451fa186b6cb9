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
