import type { Graph } from '../../src/graph';
import { eventually } from '../setup/eventually';
import { expectVerified } from '../setup/expect-verified';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

let environment: IntentEnvironment;

const PATIENCE = { timeoutMs: 90_000 };

/** Each version has a name of its own for what is late. */
function waitGraph(version: number, late: string): Graph {
  return {
    name: 'wait',
    version,
    steps: [{ key: 'wait', label: 'Wait', states: ['WAITING', late] }],
    transitions: { WAITING: [late], [late]: ['DONE'] },
    terminal: ['DONE'],
    deadlines: { WAITING: { after: 'PT6S', to: late } },
  };
}

beforeAll(async () => {
  environment = await createIntentEnvironment('deadline-through-migration');
  await register(environment.database, waitGraph(1, 'LATE'), waitGraph(2, 'OVERDUE'));
  await environment.startWorker();
});
afterAll(() => environment.close());

test('a deadline that falls due before Postgres has a migration leads where the new version says', async () => {
  const { intents, superuser, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'wait@1' });
  await intents.waitForState(id, 'WAITING', PATIENCE);

  const holder = await superuser.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM intent_workflows WHERE id = $1 FOR UPDATE', [id]);
  const moving = intents.migrate(id, { graph: 'wait@2' }, PATIENCE);
  await eventually(async () => expect(await intents.describe(id)).toMatchObject({ graph: 'wait@2' }));
  await eventually(async () => {
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    expect(events?.some(({ timerFiredEventAttributes: fired }) => Boolean(fired))).toBe(true);
  });
  await holder.query('COMMIT');
  holder.release();

  expect(await moving).toMatchObject({ status: 'applied', sequence: 2 });
  await intents.waitForState(id, 'OVERDUE', PATIENCE);
  expect(await intents.history(id)).toMatchObject([
    { kind: 'transition', newState: 'WAITING' },
    { kind: 'migration', newState: 'WAITING', graphVersion: 2 },
    { kind: 'deadline', newState: 'OVERDUE', graphVersion: 2 },
  ]);
  await expectVerified(environment);
});
