import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { guideExample } from '../setup/guide-example';
import { register } from '../setup/register';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('approvals-guide');
  await environment.startWorker();
});
afterAll(() => environment.close());

test('the example of the guide to approvals runs, and prints what stands there', async () => {
  const { graph, expected, run } = guideExample('approvals');
  await register(environment.database, graph);
  expect(expected).toHaveLength(5);
  expect(await run(environment.intents)).toEqual(expected);
});
