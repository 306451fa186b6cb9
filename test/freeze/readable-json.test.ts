import fc from 'fast-check';

import { readableJson } from './readable-json';

test('what fits stands on one line, all else one item a line', () => {
  const long = 'x'.repeat(100);
  expect(readableJson({ a: [1, { b: null }], long: [long, long], none: {} })).toBe(
    `{\n  "a": [1, { "b": null }],\n  "long": [\n    "${long}",\n    "${long}"\n  ],\n  "none": {}\n}\n`,
  );
});

test('it is the JSON that it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(JSON.parse(readableJson(value)))).toBe(JSON.stringify(value));
    }),
  );
});
