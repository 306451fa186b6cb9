import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { killLeftovers, type WorkerProcess } from '../setup/worker-process';
import { Guide } from './guide';

let environment: IntentEnvironment;
let guide: Guide;
let worker: WorkerProcess;

const PATIENCE = { timeoutMs: 30_000 };

beforeAll(async () => {
  environment = await createIntentEnvironment('example-cancel');
  guide = new Guide('docs/guides/cancel-and-force.md', environment);
  await environment.startWorker();
  await guide.run('graph register');
  worker = await guide.start('npx jiti', 'Waiting for journeys');
}, 60_000);
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

test('the journey of the guide gives back the hotel, then the flight', async () => {
  const { intents, temporal } = environment;
  const { id } = await guide.run('npx intent create');
  await intents.waitForState(id, 'FLIGHT_BOOKED', PATIENCE);
  await guide.run('BOOKING_HOTEL', { id });
  await intents.waitForState(id, 'HOTEL_BOOKED', PATIENCE);
  await temporal.workflow.getHandle(id).cancel();
  await intents.waitForState(id, 'CANCELLED', PATIENCE);
  const { printed } = await guide.run('npx intent history', { id });
  expect(printed).toContain('CANCELLING');
  const cancelled = worker.output.filter((line) => line.startsWith('cancels') && line.includes(id));
  expect(cancelled.map((line) => line.split(' ')[1])).toEqual([`hotel-${id}:4`, `flight-${id}:2`]);
});

test('a flight that can not be given back leaves the journey to people, who can force it', async () => {
  const { intents } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph: 'journey',
    metadata: { locked: 'flight' },
  });
  await intents.transition(id, { to: 'BOOKING_FLIGHT' });
  await intents.waitForState(id, 'FLIGHT_BOOKED', PATIENCE);
  await intents.cancel(id);
  await intents.waitForState(id, 'CANCEL_FAILED', PATIENCE);
  expect((await intents.history(id)).at(-1)?.metadata).toMatchObject({
    failure: { type: 'LOCKED', state: 'FLIGHT_BOOKED' },
  });
  await intents.force(id, { to: 'CANCELLED', actor: 'ada', reason: 'paid for it', scope: 'admin' });
  expect((await intents.history(id)).map(({ kind }) => kind)).toEqual([
    'transition',
    'transition',
    'work',
    'cancellation',
    'undo',
    'force',
  ]);
});
