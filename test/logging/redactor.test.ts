import { createRedactor } from '../../src/logging/redactor';

const KEY = `intent_abcdefghijkl_${'K'.repeat(20)}s3cr3t-s3cr3t-${'x'.repeat(9)}`;
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.s3cr3t-s3cr3t';

const redactor = createRedactor({
  DATABASE_URL: 'postgres://engine:s3cr3t%2Fs3cr3t@db/intent',
  OWNER_DATABASE_URL: 'postgres://intent_owner:intent_owner@db/intent',
  TEMPORAL_API_KEY: 'temporal-s3cr3t',
});

test.each([
  [`no such key: ${KEY}`, 'no such key: intent_abcdefghijkl_***'],
  [`the token ${TOKEN} has expired`, 'the token eyJ*** has expired'],
  ['Authorization: Bearer s3cr3t-s3cr3t', 'Authorization: Bearer ***'],
  ['whsec_czNjcjN0LXMzY3IzdA==', 'whsec_***'],
  ['connect postgres://ada:s3@cr3t@db:5432/x failed', 'connect postgres://ada:***@db:5432/x failed'],
  ['postgres://ada@db/x?password=s3cr3t&sslmode=require', 'postgres://ada@db/x?password=***&sslmode=require'],
  ["host=db password='s3cr3t s3cr3t' user=ada", 'host=db password=*** user=ada'],
  ['no such password: s3cr3t/s3cr3t', 'no such password: ***'],
  ['rejected: s3cr3t%2Fs3cr3t', 'rejected: ***'],
  ['metadata temporal-s3cr3t refused', 'metadata *** refused'],
  ['-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----', '***'],
])('%s is written as %s', (text, written) => {
  expect(redactor.text(text)).toBe(written);
  expect(JSON.parse(redactor.line(`${JSON.stringify({ deep: [{ text }] })}\n`))).toEqual({
    deep: [{ text: written }],
  });
});

test.each([
  'password authentication failed for user "intent_owner"',
  'http://127.0.0.1:8333/v1/intents?limit=3',
  'CREATED → ICP_PENDING, basic, bearer of news',
  '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001',
])('%s stays as it is', (text) => {
  expect(redactor.text(text)).toBe(text);
});

test('fields with credentials, and of what is said by and about people, are left out at any depth', () => {
  const given = {
    msg: 'kept',
    headers: { Authorization: 's3cr3t', accept: 'kept' },
    decisions: [{ actor: 'ada', reason: 'ill', metadata: { diagnosis: 'secret' }, sequence: 2, title: null }],
  };
  expect(JSON.parse(redactor.line(`${JSON.stringify(given)}\n`))).toEqual({
    msg: 'kept',
    headers: { Authorization: '***', accept: 'kept' },
    decisions: [{ actor: '***', reason: '***', metadata: '***', sequence: 2, title: null }],
  });
});
