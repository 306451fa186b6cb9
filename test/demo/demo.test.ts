import { join } from 'node:path';

import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { startProcess } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('demo');
  await environment.startWorker();
});

afterAll(() => environment.close());

/** The built program, in a process of its own. */
function startDemo(...args: string[]) {
  const demo = join(__dirname, '..', '..', 'dist', 'demo', 'main.js');
  return startProcess([demo, '--task-queue', environment.taskQueue, ...args], {
    DATABASE_URL: environment.database.engineUrl,
    OWNER_DATABASE_URL: environment.database.ownerUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  });
}

test('the demo walks an intent to its end, lets one of 100 win, and shows the SQL and its result', async () => {
  const demo = startDemo();
  expect(await demo.exited).toBe(0);
  const output = demo.output.join('\n');
  expect(output).toMatch(/2 +CREATED → ICP_PENDING +step 1 of 7/);
  expect(output).toMatch(/22 +PUBLISH_COMPLETED → COMPLETED +ended +100 %/);
  expect(output).toContain('5 identical requests at once on another intent: exactly one won');
  expect(output).toContain('100 identical requests at once on another intent: exactly one won');
  expect(output).toMatch(/1 applied, 99 ALREADY_IN_STATE rejected, 1 audit row, 100 answered, \d+ ms/);
  expect(output).toMatch(
    /SELECT sequence, previous_state[^]*WHERE workflow_id = '[0-9a-f-]{36}' ORDER BY sequence;/,
  );
  expect(output).toMatch(/^ 22 +\| PUBLISH_COMPLETED +\| COMPLETED +\| demo +\|/m);
  expect(output).toMatch(/http:\/\/127\.0\.0\.1:8233\/namespaces\/default\/workflows\/[0-9a-f-]{36}/);
});

test('the demo imports an event log of travel declarations', async () => {
  const demo = startDemo('--events', 'examples/travel-declarations/excerpt.csv');
  expect(await demo.exited).toBe(0);
  expect(demo.output).toContain('The audit trail is the file, row by row.');
});

test('the demo refuses an option that it does not have', async () => {
  const demo = startDemo('--event', 'x.csv');
  expect(await demo.exited).toBe(2);
  expect(demo.output.join('\n')).toContain('Did you mean --events?');
});
