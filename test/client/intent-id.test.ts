import { newIntentId } from '../../src/client/intent-id';
import { isIntentId } from '../../src/intent';

const ORGANIZATION = '0b2f6f0e-7a9c-4a61-9a3f-3f7f1d2c4b5a';
/** Namespaces of RFC 9562, section 6.6. */
const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

test.each([
  [DNS, 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
  [DNS, 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
  [URL_NAMESPACE, 'http://python.org/', '4c565f0d-3f5a-5890-b41b-20cf47701c5e'],
])('the id of a key is the UUIDv5 that everybody computes: %s %s', (namespace, name, id) => {
  expect(newIntentId(namespace, name)).toBe(id);
});

test('the same key is the same id, also when the organization is written in upper case', () => {
  expect(newIntentId(ORGANIZATION.toUpperCase(), 'order-17')).toBe(newIntentId(ORGANIZATION, 'order-17'));
});

test('the keys of two organizations never meet', () => {
  expect(newIntentId(DNS, 'order-17')).not.toBe(newIntentId(ORGANIZATION, 'order-17'));
});

test('keys may be any text', () => {
  const keys = ['a', 'A', ' a', 'ö', 'o\u0308', '🌱', 'x'.repeat(100_000)];
  const ids = keys.map((key) => newIntentId(ORGANIZATION, key));
  expect(new Set(ids).size).toBe(keys.length);
  expect(ids.every(isIntentId)).toBe(true);
});

test('without a key every id is new', () => {
  const ids = Array.from({ length: 1_000 }, () => newIntentId(ORGANIZATION));
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every(isIntentId)).toBe(true);
});
