import { expectVerified } from '../setup/expect-verified';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { startCrashingWorker } from '../setup/start-crashing-worker';
import { killLeftovers } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeEach(async () => {
  environment = await createIntentEnvironment('durable-votes');
});
afterEach(async () => {
  killLeftovers();
  await environment.close();
});

test('a worker killed between the commit of votes and its workflow task does not change when they were cast', async () => {
  const { intents, database, startWorker } = environment;
  await register(database, {
    name: 'voted-on',
    version: 1,
    steps: [{ key: 'only', label: 'Only', states: ['OPEN', 'AGREED'] }],
    transitions: { OPEN: ['AGREED'], AGREED: ['DONE'] },
    terminal: ['DONE'],
    approvals: [{ from: 'OPEN', to: 'AGREED', count: 2, roles: ['owner'] }],
  });
  const crashing = await startCrashingWorker(environment, 'recordOutcomes', 'approval');
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'voted-on' });
  const votes = ['ada', 'bob'].map((actor) =>
    intents.approve(id, { to: 'AGREED', actor, role: 'owner' }, { timeoutMs: 60_000 }),
  );
  expect(await crashing.exited).toBe('SIGKILL');
  const inGap = await intents.history(id);
  expect(inGap.at(-1)).toMatchObject({ kind: 'approval', newState: 'AGREED' });

  await startWorker();
  await Promise.all(votes);
  await intents.transition(id, { to: 'DONE' }, { timeoutMs: 60_000 });
  expect((await intents.history(id)).slice(0, inGap.length)).toEqual(inGap);
  await expectVerified(environment);
});
