import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { killLeftovers } from '../setup/worker-process';
import { Guide } from './guide';

let environment: IntentEnvironment;
let guide: Guide;

const PATIENCE = { timeoutMs: 30_000 };

beforeAll(async () => {
  environment = await createIntentEnvironment('example-work');
  guide = new Guide('docs/guides/work.md', environment);
  await environment.startWorker();
  await guide.run('graph register');
  await guide.start('npx jiti', 'Waiting for invoices');
}, 60_000);
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

test('the invoice of the guide is read and posted, as the guide says', async () => {
  const { intents } = environment;
  const { id } = await guide.run('npx intent create');
  await intents.waitForState(id, 'READ', PATIENCE);
  const { printed } = await guide.run('npx intent history', { id });
  expect(printed).toContain('READING');
  await intents.waitForState(id, 'POSTED', PATIENCE);
  expect(
    (await intents.history(id)).map(({ kind, newState, metadata }) => [kind, newState, metadata]),
  ).toEqual([
    ['transition', 'RECEIVED', null],
    ['transition', 'READING', null],
    ['work', 'READ', { result: { amount: 12.5, currency: 'EUR' } }],
    ['transition', 'POSTING', null],
    ['work', 'POSTED', { result: { entries: 1 } }],
  ]);
});

test('an invoice without an amount can not be read, and is not tried again', async () => {
  const { intents } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'invoice',
    metadata: { text: 'nothing' },
  });
  await intents.transition(id, { to: 'READING' });
  await intents.waitForState(id, 'READ_FAILED', PATIENCE);
  expect((await intents.history(id)).at(-1)?.metadata).toEqual({
    failure: { type: 'NO_AMOUNT', message: 'The text names no amount.' },
  });
});
