import { randomUUID } from 'node:crypto';

import { ORGANIZATION } from '../setup/intent-environment';
import {
  createTimeSkippingEnvironment,
  type TimeSkippingEnvironment,
} from '../setup/time-skipping-environment';

let environment: TimeSkippingEnvironment;

beforeAll(async () => {
  environment = await createTimeSkippingEnvironment('time-skipping');
  await environment.startWorker();
});
afterAll(() => environment.close());

test('an intent that rests for years goes on where it was, and its audit trail shows the time between', async () => {
  const { intents, server } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'a slow one' });
  await intents.transition(id, { to: 'ICP_PENDING' });
  await server.sleep('800 days');
  const outcome = await intents.transition(id, { to: 'ICP_PROCESSING', expectedState: 'ICP_PENDING' });
  expect(outcome).toMatchObject({ status: 'applied', sequence: 3 });

  const history = await intents.history(id);
  const [, pending, processing] = history.map(({ transitionedAt }) => transitionedAt.getTime());
  const days = ((processing ?? 0) - (pending ?? 0)) / 86_400_000;
  expect(days).toBeGreaterThan(799);
  expect(days).toBeLessThan(801);
});

test('a whole intent ends, and its result names the last audit row', async () => {
  const { intents, server } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'CANCELLED', requestId: randomUUID(), reason: 'no longer wanted' });
  const result: unknown = await server.client.workflow.getHandle(id).result();
  const last = (await intents.history(id)).at(-1);
  expect(result).toEqual({ id, state: 'CANCELLED', sequence: 2, auditHash: last?.hash });
});
