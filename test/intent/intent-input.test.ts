import { isIntentId, parseIntentInput } from '../../src/intent';

const organizationId = '0b2f6f0e-7a9c-4a61-9a3f-3f7f1d2c4b5a';

function messageOf(input: unknown): string {
  const parsed = parseIntentInput(input);
  if (parsed.valid) throw new Error(`${JSON.stringify(input)} was taken for valid`);
  return parsed.message;
}

test('an organization is enough; the graph is then content-intent', () => {
  expect(parseIntentInput({ organizationId })).toEqual({
    valid: true,
    input: { organizationId, graph: 'content-intent' },
  });
});

test('the organization is read in any case and kept in lower case', () => {
  expect(parseIntentInput({ organizationId: organizationId.toUpperCase() })).toMatchObject({
    input: { organizationId },
  });
});

test.each([
  ['nothing', undefined, /expected object/],
  ['a list', [organizationId], /expected object/],
  ['no organization', {}, /^organizationId: must be a UUID/],
  ['an organization that is no UUID', { organizationId: 'acme' }, /^organizationId: must be a UUID/],
  ['a graph that is none', { organizationId, graph: 'Content Intent' }, /^graph: .*not a graph reference/],
  ['an empty title', { organizationId, title: '' }, /^title: /],
  ['a title that is too long', { organizationId, title: 'x'.repeat(501) }, /^title: .*500/],
  ['a title with U+0000', { organizationId, title: '\u0000' }, /^title: .*U\+0000/],
  ['a list for metadata', { organizationId, metadata: [] }, /^metadata: must be a JSON object/],
  ['a creator that is too long', { organizationId, createdBy: 'x'.repeat(257) }, /^createdBy: .*256/],
  ['a date without a time', { organizationId, occurredAt: '2026-01-01' }, /^occurredAt: /],
  ['a key that inputs do not have', { organizationId, state: 'DONE' }, /"state"/],
])('%s is refused by name', (_name, input, expected) => {
  expect(messageOf(input)).toMatch(expected);
});

test('everything wrong is named at once', () => {
  expect(messageOf({ organizationId: 'x', title: 1, metadata: 2 })).toMatch(
    /organizationId: .*title: .*metadata: /,
  );
});

test('an intent id is a UUID in lower case', () => {
  expect(isIntentId(organizationId)).toBe(true);
  expect(isIntentId(organizationId.toUpperCase())).toBe(false);
  expect(isIntentId(` ${organizationId}`)).toBe(false);
  expect(isIntentId('order-17')).toBe(false);
});
