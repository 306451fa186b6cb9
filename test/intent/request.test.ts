import fc from 'fast-check';

import { isStorableText, LIMITS, parseRequest, unreadable } from '../../src/intent';

const FALLBACK = 'invalid:7';
const MEGABYTE = 'x'.repeat(1_000_000);
const base = { requestId: 'r1', to: 'TRIAGED' };

/** Reads what a signal would carry: JSON. */
const json = (text: string): unknown => JSON.parse(text);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { deeper: value };
  return value;
}

function messageOf(payload: unknown): string {
  const parsed = parseRequest(payload, FALLBACK);
  if (parsed.valid) throw new Error(`${JSON.stringify(payload)} was taken for valid`);
  expect(parsed.message.length).toBeLessThanOrEqual(LIMITS.messageLength);
  expect(isStorableText(parsed.message)).toBe(true);
  expect(parsed.message).not.toBe('');
  return parsed.message;
}

test('the smallest request is a transition', () => {
  expect(parseRequest(base, FALLBACK)).toEqual({
    valid: true,
    requestId: 'r1',
    request: { kind: 'transition', ...base },
  });
});

test('every field is read, and the time becomes UTC', () => {
  const full = {
    kind: 'transition',
    ...base,
    expectedState: 'OPEN',
    expectedSequence: 1,
    actor: 'ada',
    reason: 'grün 🌱',
    metadata: { nested: [1, { a: null }] },
  };
  expect(parseRequest({ ...full, occurredAt: '2017-01-09T09:49:50+01:00' }, FALLBACK)).toEqual({
    valid: true,
    requestId: 'r1',
    request: { ...full, occurredAt: '2017-01-09T08:49:50.000Z' },
  });
});

test.each(['creation', 'temporal-cancellation', 'invalid:1'])(
  'the request id %s is the engine’s own, and no sender’s',
  (requestId) => {
    expect(parseRequest({ ...base, requestId }, FALLBACK)).toEqual({
      valid: false,
      requestId: FALLBACK,
      message: expect.stringMatching(/^requestId: is one that the engine itself gives/) as string,
    });
  },
);

const malformed: Array<[string, unknown, RegExp]> = [
  ['nothing', undefined, /expected object, received undefined/],
  ['null', null, /expected object, received null/],
  ['a text', 'TRIAGED', /expected object, received string/],
  ['a text of a megabyte', MEGABYTE, /expected object, received string/],
  ['a number', 17, /expected object, received number/],
  ['true', true, /expected object, received boolean/],
  ['a list', [base], /expected object, received array/],
  ['a long list', Array.from({ length: 100_000 }, () => base), /expected object, received array/],
  ['an empty object', {}, /^requestId: .*; to: /],
  ['no requestId', { to: 'TRIAGED' }, /^requestId: /],
  ['an empty requestId', { ...base, requestId: '' }, /^requestId: /],
  ['a requestId of a megabyte', { ...base, requestId: MEGABYTE }, /^requestId: .*128/],
  ['a requestId with U+0000', { ...base, requestId: 'a\u0000' }, /^requestId: .*U\+0000/],
  ['a requestId with a lone surrogate', { ...base, requestId: 'a\ud800' }, /^requestId: .*surrogates/],
  ['a number for a requestId', { ...base, requestId: 1 }, /^requestId: /],
  ['no target', { requestId: 'r1' }, /^to: /],
  ['an empty target', { ...base, to: '' }, /^to: /],
  ['a list of targets', { ...base, to: ['OPEN'] }, /^to: /],
  ['a target of a megabyte', { ...base, to: MEGABYTE }, /^to: .*128/],
  ['a target with U+0000', { ...base, to: 'OPEN\u0000' }, /^to: .*U\+0000/],
  ['a target with a lone surrogate', { ...base, to: '\udc00OPEN' }, /^to: .*surrogates/],
  ['null for the expectedState', { ...base, expectedState: null }, /^expectedState: /],
  ['an expectedState of a megabyte', { ...base, expectedState: MEGABYTE }, /^expectedState: /],
  ['a text for the expectedSequence', { ...base, expectedSequence: '2' }, /^expectedSequence: /],
  ['the sequence of no row', { ...base, expectedSequence: 0 }, /^expectedSequence: .*>=1/],
  ['more than Postgres counts', { ...base, expectedSequence: 2 ** 31 }, /^expectedSequence: .*2147483647/],
  ['an object for the actor', { ...base, actor: { name: 'ada' } }, /^actor: /],
  ['an actor that is too long', { ...base, actor: 'a'.repeat(257) }, /^actor: .*256/],
  ['a reason that is too long', { ...base, reason: 'a'.repeat(2_001) }, /^reason: .*2000/],
  ['a reason with U+0000', { ...base, reason: 'why\u0000' }, /^reason: .*U\+0000/],
  ['a list for metadata', { ...base, metadata: [] }, /^metadata: must be a JSON object/],
  ['null for metadata', { ...base, metadata: null }, /^metadata: must be a JSON object/],
  ['a text for metadata', { ...base, metadata: '{}' }, /^metadata: must be a JSON object/],
  ['metadata of a megabyte', { ...base, metadata: { a: MEGABYTE } }, /^metadata: .*16384.*1000008/],
  ['metadata of 10,000 levels', { ...base, metadata: nested(10_000) }, /^metadata: .*16 levels/],
  ['metadata with a number beyond all', { ...base, metadata: json('{"a":1e999}') }, /^metadata: .*finite/],
  ['metadata with U+0000', { ...base, metadata: { a: ['\u0000'] } }, /^metadata: .*U\+0000/],
  ['metadata with U+0000 in a key', { ...base, metadata: { 'a\u0000': 1 } }, /^metadata: .*U\+0000/],
  ['a word for occurredAt', { ...base, occurredAt: 'yesterday' }, /^occurredAt: must be an ISO 8601/],
  ['a number for occurredAt', { ...base, occurredAt: 1_700_000_000 }, /^occurredAt: /],
  ['occurredAt without an offset', { ...base, occurredAt: '2026-01-01T00:00:00' }, /^occurredAt: /],
  ['a day that is not', { ...base, occurredAt: '2026-02-30T00:00:00Z' }, /^occurredAt: /],
  ['a time before 1900', { ...base, occurredAt: '1899-12-31T23:59:59Z' }, /^occurredAt: .*1900/],
  ['the end of time', { ...base, occurredAt: '9999-12-31T00:00:00Z' }, /^occurredAt: .*9999/],
  ['a kind that is unknown', { ...base, kind: 'merge' }, /^kind: is not known; known kinds: transition/],
  ['a kind that is a list', { ...base, kind: ['transition'] }, /^kind: /],
  ['null for the kind', { ...base, kind: null }, /^kind: /],
  ['a key that requests do not have', { ...base, state: 'OPEN' }, /Unrecognized key: "state"/],
  ['a key of a megabyte', { ...base, [MEGABYTE]: 1 }, /Unrecognized key: "xxx/],
  ['a key with a lone surrogate', { ...base, 'k\ud800': 1 }, /Unrecognized key: "k\uFFFD/],
  ['a key with U+0000', { ...base, 'k\u0000': 1 }, /Unrecognized key: "k\uFFFD/],
  ['a prototype', json('{"requestId":"r1","to":"OPEN","__proto__":{"to":"DONE"}}'), /"__proto__"/],
  ['a constructor', json('{"requestId":"r1","to":"OPEN","constructor":{}}'), /"constructor"/],
  ['a payload that could not be read', unreadable('payload: not JSON'), /^payload: not JSON/],
];

test.each(malformed)('%s is invalid, and the message says where', (_name, payload, expected) => {
  expect(messageOf(payload)).toMatch(expected);
});

test('ten thousand unknown keys give one short message', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index] as const);
  expect(messageOf({ ...base, ...Object.fromEntries(keys) })).toMatch(/^Unrecognized keys: "key0"/);
});

test('an invalid request keeps its own id where it has a usable one, else it gets the fallback', () => {
  expect(parseRequest({ requestId: 'mine' }, FALLBACK).requestId).toBe('mine');
  expect(parseRequest({ requestId: 'mine', kind: 'approve' }, FALLBACK).requestId).toBe('mine');
  expect(parseRequest({ requestId: 'x'.repeat(129) }, FALLBACK).requestId).toBe(FALLBACK);
  expect(parseRequest({ requestId: '\u0000' }, FALLBACK).requestId).toBe(FALLBACK);
  expect(parseRequest(null, FALLBACK).requestId).toBe(FALLBACK);
});

test('lengths are those of the limits, to the unit', () => {
  const longest = {
    requestId: 'i'.repeat(LIMITS.requestIdLength),
    to: 't'.repeat(LIMITS.stateNameLength),
    expectedState: 'e'.repeat(LIMITS.stateNameLength),
    actor: 'a'.repeat(LIMITS.actorLength),
    reason: 'r'.repeat(LIMITS.reasonLength),
  };
  expect(parseRequest(longest, FALLBACK).valid).toBe(true);
  for (const [key, value] of Object.entries(longest)) {
    expect(parseRequest({ ...longest, [key]: `${value}+` }, FALLBACK).valid).toBe(false);
  }
});

test('a message that is cut inside a pair of surrogates is still storable', () => {
  const cut = `${'x'.repeat(LIMITS.messageLength - 1)}🌱`;
  expect(messageOf(unreadable(cut)).at(-1)).toBe('\uFFFD');
});

test('no payload is thrown at, and every message is short and storable', () => {
  const key = fc.oneof(
    fc.constantFrom('kind', 'requestId', 'to', 'metadata', 'occurredAt', '__proto__'),
    fc.string(),
  );
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
  });
  const payload = fc.oneof(
    anything,
    fc.dictionary(key, anything),
    fc.record(
      { requestId: fc.string({ unit: 'binary' }), to: fc.string({ unit: 'binary' }) },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(payload, (value) => {
      const parsed = parseRequest(value, FALLBACK);
      expect(isStorableText(parsed.requestId)).toBe(true);
      expect(parsed.requestId.length).toBeLessThanOrEqual(LIMITS.requestIdLength);
      if (!parsed.valid) {
        expect(parsed.message.length).toBeLessThanOrEqual(LIMITS.messageLength);
        expect(isStorableText(parsed.message)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
