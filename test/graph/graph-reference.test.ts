import fc from 'fast-check';

import {
  contentIntentGraph,
  formatGraphReference,
  graphReferenceSchema,
  parseGraphReference,
} from '../../src/graph';

test('name@version names one version, a name alone the newest', () => {
  expect(parseGraphReference('content-intent@12')).toEqual({
    ok: true,
    reference: { name: 'content-intent', version: 12 },
  });
  expect(parseGraphReference('content-intent')).toEqual({ ok: true, reference: { name: 'content-intent' } });
});

test('a graph is its own reference', () => {
  expect(formatGraphReference(contentIntentGraph)).toBe('content-intent@1');
  expect(formatGraphReference({ name: 'content-intent' })).toBe('content-intent');
});

test.each([
  'a@',
  'a@0',
  'a@01',
  'a@1.0',
  'a@1e0',
  'a@-1',
  'a@1@2',
  'a@latest',
  'a@ 1',
  'a@2147483648',
  'a@1\n',
])('the version of %j is refused, with what to write instead', (text) => {
  expect(parseGraphReference(text)).toEqual({
    ok: false,
    message:
      `"${text}" is not a graph reference: the version after @ must be a positive whole number; ` +
      'leave out @ for the newest one. Write it like content-intent@1 or content-intent.',
  });
});

test.each(['', '@1', 'Content@1', 'a b', ' a', 'a'.repeat(64)])('the name of %j is refused', (text) => {
  const parsed = parseGraphReference(text);
  expect(parsed.ok ? '' : parsed.message).toContain('the name must be in kebab-case');
});

test('a message stays short however long the text is', () => {
  const parsed = parseGraphReference('x'.repeat(100_000));
  expect(parsed.ok ? '' : parsed.message).toMatch(/^"x{100}\.\.\." is not/);
});

test('formatting and parsing are each other’s inverse, and the schema agrees with the parser', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,3}$/);
  const version = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(fc.record({ name, version }, { requiredKeys: ['name'] }), (reference) => {
      const text = formatGraphReference(reference);
      expect(parseGraphReference(text)).toEqual({ ok: true, reference });
      expect(graphReferenceSchema.parse(text)).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(graphReferenceSchema.safeParse(text).success).toBe(parseGraphReference(text).ok);
    }),
  );
});
