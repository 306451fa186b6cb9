import fc from 'fast-check';
import { z } from 'zod';

import { incompatibleChanges, type Side } from './compare-schemas';
import type { JsonSchema } from './json-schema';

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const kinds = (...names: string[]): JsonSchema => ({
  anyOf: names.map((kind) => object({ kind: { const: kind }, [`of ${kind}`]: text }, ['kind'])),
});

/** What was, what is, and what breaks whom: by its path, or nobody. */
const CASES: [what: string, was: JsonSchema, is: JsonSchema, reading: string[], writing: string[]][] = [
  ['nothing', object({ a: text }), object({ a: text }), [], []],
  ['a new optional field', object({}), object({ a: text }), [], []],
  ['a new required field', object({}), object({ a: text }, ['a']), ['a'], []],
  ['a field that has gone', object({ a: text }), object({}), ['a'], ['a']],
  ['a required field that has gone', object({ a: text }, ['a']), object({}), ['a'], ['a']],
  ['an optional field that is required now', object({ a: text }), object({ a: text }, ['a']), ['a'], []],
  ['a required field that is optional now', object({ a: text }, ['a']), object({ a: text }), [], ['a']],
  ['a field of a field', object({ a: object({ b: text }) }), object({ a: object({}) }), ['a.b'], ['a.b']],
  ['a wider type', text, { type: ['string', 'null'] }, [], ['']],
  ['a narrower type', { type: ['string', 'null'] }, text, [''], []],
  ['another type', object({ a: text }), object({ a: { type: 'number' } }), ['a'], ['a']],
  ['any number instead of a whole one', { type: 'integer' }, { type: 'number' }, [], ['']],
  ['anything instead of a text', text, {}, [], ['']],
  ['a text instead of anything', {}, text, [''], []],
  [
    'null by type instead of by union',
    { type: ['string', 'null'] },
    { anyOf: [{ type: 'null' }, text] },
    [],
    [],
  ],
  ['a lower maximum', { ...text, maxLength: 9 }, { ...text, maxLength: 5 }, [''], []],
  ['a higher maximum', { ...text, maxLength: 5 }, { ...text, maxLength: 9 }, [], ['']],
  ['a first maximum', { type: 'number' }, { type: 'number', maximum: 5 }, [''], []],
  ['a higher minimum', { type: 'number', minimum: 0 }, { type: 'number', minimum: 1 }, [''], []],
  ['a first pattern', text, { ...text, pattern: '^a' }, [''], []],
  ['another pattern', { ...text, pattern: '^a' }, { ...text, pattern: '^b' }, [''], ['']],
  ['no pattern any more', { ...text, pattern: '^a' }, text, [], ['']],
  ['a keyword that nobody knows', text, { ...text, madeUp: 1 }, [''], []],
  ['a value more', { enum: ['a', 'b'] }, { enum: ['a', 'b', 'c'] }, [], ['']],
  ['a value less', { enum: ['a', 'b', 'c'] }, { enum: ['a', 'b'] }, [''], []],
  ['values in another order', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }, [], []],
  ['values instead of any text', text, { enum: ['a', 'b'] }, [''], []],
  ['both booleans, spelt out', { type: 'boolean' }, { enum: [true, false] }, [], []],
  ['a kind more', kinds('a'), kinds('a', 'b'), [], ['']],
  ['a kind less', kinds('a', 'b'), kinds('a'), [''], []],
  [
    'a field of one kind',
    kinds('a', 'b'),
    { anyOf: [kinds('a'), object({ kind: { const: 'b' } }, ['kind'])] },
    ['of b'],
    ['of b'],
  ],
  ['items', { type: 'array', items: text }, { type: 'array', items: { enum: ['a'] } }, ['[]'], []],
  [
    'a further place',
    { type: 'array', prefixItems: [text], items: false, minItems: 1 },
    { type: 'array', prefixItems: [text, text], items: false, minItems: 1 },
    [],
    [],
  ],
  [
    'a further place that has to be there',
    { type: 'array', prefixItems: [text], items: false, minItems: 1 },
    { type: 'array', prefixItems: [text, text], items: false, minItems: 2 },
    [''],
    [],
  ],
  [
    'a place that has gone',
    { type: 'array', prefixItems: [text, text], items: false, minItems: 2 },
    { type: 'array', prefixItems: [text], items: false, minItems: 1 },
    ['[1]'],
    ['', '[1]'],
  ],
  [
    'values of any key',
    { type: 'object', additionalProperties: { type: 'number' } },
    { type: 'object', additionalProperties: { type: 'integer' } },
    ['*'],
    [],
  ],
  [
    'no other fields any more',
    { type: 'object', additionalProperties: {} },
    { type: 'object', additionalProperties: false },
    [''],
    [],
  ],
  [
    'fewer keys',
    { type: 'object', additionalProperties: text, propertyNames: text },
    { type: 'object', additionalProperties: text, propertyNames: { enum: ['a'] } },
    ['(name)'],
    [],
  ],
  [
    'another default',
    object({ a: { ...text, default: 'x' } }),
    object({ a: { ...text, default: 'y' } }),
    ['a'],
    [],
  ],
  [
    'a default of what was required',
    object({ a: text }, ['a']),
    object({ a: { ...text, default: 'y' } }),
    [],
    ['a'],
  ],
];

const paths = (side: Side, was: JsonSchema, is: JsonSchema) =>
  [...new Set(incompatibleChanges(was, is, side).map(({ path }) => path))].toSorted();

test.each(CASES)('%s', (_what, was, is, reading, writing) => {
  expect({ reading: paths('read', was, is), writing: paths('written', was, is) }).toEqual({
    reading,
    writing,
  });
});

test('a change names what was, what is and what to do', () => {
  const was = object({ state: { ...text, maxLength: 9 }, kind: { enum: ['a', 'b'] } });
  const is = object({ state: { ...text, maxLength: 5 }, kind: { enum: ['a'] } });
  expect(incompatibleChanges(was, is, 'read')).toEqual([
    {
      path: 'state',
      what: 'has maxLength 5, and had 9',
      fix: expect.stringContaining('older programs') as string,
    },
    {
      path: 'kind',
      what: 'no longer takes "b", only "a"',
      fix: expect.stringContaining('Go on taking it') as string,
    },
  ]);
  expect(incompatibleChanges(is, was, 'written')[1]?.what).toBe('may be "b" now, and was always "a"');
});

test('a schema that refers to itself is compared to its end', () => {
  const json = (leaf: JsonSchema): JsonSchema => ({
    $ref: '#/$defs/Json',
    $defs: { Json: { anyOf: [leaf, { type: 'array', items: { $ref: '#/$defs/Json' } }] } },
  });
  expect(paths('read', json(text), json(text))).toEqual([]);
  expect(paths('read', json({ type: ['string', 'null'] }), json(text))).toEqual(['', '[]']);
});

describe('what is found compatible', () => {
  /** A schema and values that it accepts. */
  interface Sample {
    schema: JsonSchema;
    values: unknown[];
  }
  const names = ['a', 'b', 'c'];
  const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
    sample: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer({ min: 0, max: 4 }).map((max) => ({
        schema: { type: 'string', maxLength: max },
        values: ['', 'x'.repeat(max)],
      })),
      fc
        .integer({ min: 0, max: 4 })
        .map((min) => ({ schema: { type: 'integer', minimum: min }, values: [min, 9] })),
      fc.constant<Sample>({ schema: { type: 'null' }, values: [null] }),
      fc
        .subarray(names, { minLength: 1 })
        .map((values) => ({ schema: { type: 'string', enum: values }, values })),
      fc.tuple(tie('sample'), tie('sample')).map(([one, other]) => ({
        schema: { anyOf: [one.schema, other.schema] },
        values: [...one.values, ...other.values],
      })),
      tie('sample').map(({ schema, values }) => ({
        schema: { type: 'array', items: schema },
        values: [[], values],
      })),
      fc
        .tuple(fc.subarray(names), fc.subarray(names), tie('sample'))
        .map(([all, needed, { schema, values }]) => ({
          schema: {
            type: 'object',
            properties: Object.fromEntries(all.map((name) => [name, schema])),
            required: needed.filter((name) => all.includes(name)),
            additionalProperties: false,
          },
          values: values.map((value) => Object.fromEntries(all.map((name) => [name, value]))),
        })),
    ),
  }));

  test('by a reader, it accepts: no value of the old form is refused by the new one', () => {
    let compatible = 0;
    fc.assert(
      fc.property(sample, sample, (was, is) => {
        if (incompatibleChanges(was.schema, is.schema, 'read').length > 0) return;
        compatible += 1;
        const reader = z.fromJSONSchema(is.schema as Parameters<typeof z.fromJSONSchema>[0]);
        for (const value of was.values)
          expect([value, reader.safeParse(value).success]).toEqual([value, true]);
      }),
      { numRuns: 3_000 },
    );
    expect(compatible).toBeGreaterThan(30);
  });

  test('is at least what has not changed', () => {
    fc.assert(
      fc.property(sample, ({ schema }) => {
        for (const side of ['read', 'written'] as const) {
          expect(incompatibleChanges(schema, structuredClone(schema), side)).toEqual([]);
        }
      }),
    );
  });
});
