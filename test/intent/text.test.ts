import fc from 'fast-check';

import { isStorableText, jsonBytes } from '../../src/intent';

test('jsonBytes counts as Buffer does', () => {
  expect(jsonBytes({ a: 'ö' })).toBe(10);
  expect(jsonBytes('🌱')).toBe(6);
  for (const edge of [
    '\u007f',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\ud800',
  ]) {
    expect(jsonBytes(edge)).toBe(Buffer.byteLength(JSON.stringify(edge)));
  }
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })),
      (value) => {
        expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
      },
    ),
    { numRuns: 500 },
  );
});

test('text is storable unless it holds U+0000 or a lone surrogate', () => {
  expect(isStorableText('')).toBe(true);
  expect(isStorableText('ö 🌱 \u0001 \uFFFF')).toBe(true);
  expect(isStorableText('a\u0000b')).toBe(false);
  expect(isStorableText('\ud83c')).toBe(false);
  expect(isStorableText('\udf31\ud83c')).toBe(false);
});
