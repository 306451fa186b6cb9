import { describeIssues, LIMITS, metadataSchema } from '../../src/intent';

function problemOf(value: unknown): string | undefined {
  const result = metadataSchema.safeParse(value);
  return result.success ? undefined : describeIssues(result.error);
}

/** An object that takes exactly so many bytes as JSON. */
const ofBytes = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });

/** So many objects inside each other, with a value in the innermost. */
function levels(objects: number): unknown {
  let value: unknown = true;
  for (let level = 0; level < objects; level += 1) value = { deeper: value };
  return value;
}

test('any JSON object is metadata, and comes back as it went in', () => {
  const value = {
    text: 'ö🌱',
    list: [1, -0.5, 1e300, null, [], {}],
    yes: true,
    nested: { constructor: 'x' },
  };
  expect(metadataSchema.parse(value)).toEqual(value);
  expect(metadataSchema.parse({})).toEqual({});
});

test('size is bounded in bytes of JSON, to the byte', () => {
  expect(problemOf(ofBytes(LIMITS.metadataBytes))).toBeUndefined();
  expect(problemOf(ofBytes(LIMITS.metadataBytes + 1))).toBe(
    'must be at most 16384 bytes as JSON, it has 16385',
  );
});

test('size counts bytes and not characters', () => {
  expect(problemOf({ a: 'ö'.repeat(8_188) })).toBeUndefined();
  expect(problemOf({ a: 'ö'.repeat(8_189) })).toMatch(/16386/);
});

test('depth is bounded: a value counts as a level, so fifteen objects may lie in each other', () => {
  expect(problemOf(levels(15))).toBeUndefined();
  expect(problemOf(levels(16))).toBe('must not nest deeper than 16 levels');
});

test('depth is bounded in lists as in objects, and for a million levels', () => {
  let list: unknown = 0;
  for (let level = 0; level < 1_000_000; level += 1) list = [list];
  expect(problemOf({ list })).toBe('must not nest deeper than 16 levels');
});

test('a circle is too deep', () => {
  const circle: Record<string, unknown> = {};
  circle['again'] = circle;
  expect(problemOf(circle)).toBe('must not nest deeper than 16 levels');
});

test.each([
  ['a bigint', 1n, 'must be JSON, it contains a bigint'],
  ['undefined', undefined, 'must be JSON, it contains a undefined'],
  ['a function', () => 1, 'must be JSON, it contains a function'],
  ['NaN', Number.NaN, 'must contain finite numbers only'],
  ['U+0000', '\u0000', 'must not contain U+0000 or lone surrogates'],
])('%s inside is refused', (_name, value, expected) => {
  expect(problemOf({ list: [value] })).toBe(expected);
});

test.each([null, [], 'text', 1, true, undefined])('%p is no JSON object', (value) => {
  expect(problemOf(value)).toBe('must be a JSON object');
});
