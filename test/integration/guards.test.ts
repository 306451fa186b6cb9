import { guideExample } from '../setup/guide-example';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

const guide = guideExample('guards');
let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('guards');
  await register(environment.database, guide.graph);
  await environment.startWorker();
});
afterAll(() => environment.close());

test('the example of the guide to guards runs, and prints what stands there', async () => {
  expect(guide.expected).toHaveLength(4);
  expect(await guide.run(environment.intents)).toEqual(guide.expected);
});

async function purchase(metadata: Record<string, number>): Promise<string> {
  const { id } = await environment.intents.create({
    organizationId: ORGANIZATION,
    graph: 'purchase',
    createdBy: 'ada',
    metadata,
  });
  return id;
}

test('a refused request moves nothing, and its row says which guard and why', async () => {
  const id = await purchase({ amount: 501 });
  expect(await environment.intents.transition(id, { to: 'SUBMITTED', requestId: 'too much' })).toEqual({
    status: 'rejected',
    requestId: 'too much',
    code: 'GUARD_REFUSED',
    message: 'The guard within-budget refused: Over 500 a purchase is made by the buying department.',
    state: 'DRAFT',
  });
  const { rows } = await environment.pool.query(
    'SELECT code, requested_state FROM workflow_transition_rejections WHERE workflow_id = $1',
    [id],
  );
  expect(rows).toEqual([{ code: 'GUARD_REFUSED', requested_state: 'SUBMITTED' }]);
});

test('a condition that asks for what is missing does not hold, and the refusal names it', async () => {
  const id = await purchase({});
  expect(await environment.intents.transition(id, { to: 'SUBMITTED' })).toMatchObject({
    code: 'GUARD_REFUSED',
    message: expect.stringContaining('metadata.amount') as string,
  });
});

test('an operator may force what a guard refuses', async () => {
  const id = await purchase({ amount: 501 });
  const forced = { to: 'SUBMITTED', actor: 'root', reason: 'agreed by phone', scope: 'admin' };
  expect(await environment.intents.force(id, forced)).toMatchObject({
    status: 'applied',
    newState: 'SUBMITTED',
  });
  expect((await environment.intents.history(id)).at(-1)).toMatchObject({ kind: 'force', actor: 'root' });
});
