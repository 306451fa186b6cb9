import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REJECTION_CODES } from '../../src/intent';
import { PROBLEM_CODES } from '../../src/gateway/problem-codes';
import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { startGateway, type TestGateway } from '../setup/gateway';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'reference', 'http-api.md'), 'utf8');

let environment: IntentEnvironment;
let gateway: TestGateway;
let paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-documentation');
  gateway = await startGateway(environment);
  const { body } = await gateway.send('GET', '/openapi.json', { key: null });
  ({ paths } = body as { paths: typeof paths });
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

test('the page lists the problem codes of the gateway, with status and title', () => {
  const listed = [...PAGE.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) +\| (.+?) +\|$/gm)].map(
    ([, code, status, title]) => [code, { httpStatus: Number(status), title }],
  );
  const own = Object.entries(PROBLEM_CODES).filter(([code]) => !(code in REJECTION_CODES));
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(own));
});

test('the page lists the routes of the OpenAPI document, and no other', () => {
  const listed = [...PAGE.matchAll(/^\| `((?:GET|POST|DELETE) \/\S+)`/gm)].map(([, route]) => route);
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(listed.toSorted()).toEqual(served.toSorted());
});

test('every operation has an id of its own, and says how it fails', () => {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operationId, responses } of operations) {
    const statuses = Object.keys(responses);
    if (['live', 'ready'].includes(operationId)) continue;
    expect([operationId, statuses]).toEqual([
      operationId,
      expect.arrayContaining(['400', '401', '403', '429', '500', '503']),
    ]);
  }
});
