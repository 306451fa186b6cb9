import { differences, formatDifferences } from './differences';

const lines = (before: unknown, after: unknown) =>
  differences(before, after).map(({ path, what }) => `${path}: ${what}`);

test('each difference has its place', () => {
  expect(
    lines(
      { a: 1, b: { c: [{ d: 'x' }] }, gone: true, same: [1] },
      { a: 2, b: { c: [{ d: 'y' }, 3] }, same: [1], new: null },
    ),
  ).toEqual(['a: 1 → 2', 'b.c[0].d: "x" → "y"', 'b.c[1]: new, 3', 'gone: gone, was true', 'new: new, null']);
});

test('lists of texts say what they lost and gained', () => {
  expect(lines({ a: ['x', 'y'] }, { a: ['y', 'z'] })).toEqual(['a: lost "x", gained "z"']);
  expect(lines({ a: ['x', 'y'] }, { a: ['y', 'x'] })).toEqual(['a: another order, "y", "x"']);
});

test('only a further field of an object is an addition', () => {
  const additions = (before: unknown, after: unknown) =>
    differences(before, after).map(({ addition }) => addition);
  expect(additions({ a: {} }, { a: { b: 1 } })).toEqual([true]);
  expect(additions([{}], [{}, {}])).toEqual([false]);
  expect(additions({ a: 1 }, {})).toEqual([false]);
});

test('the order of keys is no difference, and long lists of differences are cut', () => {
  expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  const many = differences(Array(9).fill(0), Array(9).fill(1));
  expect(formatDifferences(many)).toMatch(/^\[0\]: 0 → 1; .*; and 4 more$/);
});
