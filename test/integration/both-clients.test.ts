import { randomUUID } from 'node:crypto';

import type { Intents } from '../../src/client';
import { owesAllOfIntents, type Actor } from '../client/shared-examples';
import { claimGraph } from '../setup/claim-graph';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('both-clients');
  await register(environment.database, claimGraph(), claimGraph({}, 2));
  await environment.startWorker();
});
afterAll(() => environment.close());

const near = (actor: Actor): Intents =>
  environment.intents.as({ organizationId: ORGANIZATION, actor, scope: 'admin' });

describe('IntentClient, as somebody', () => {
  owesAllOfIntents(near);

  test('without a scope may not force', async () => {
    const nobody = environment.intents.as({ organizationId: ORGANIZATION, actor: 'mallory' });
    const { id } = await nobody.create({ graph: 'claim' });
    const outcome = await nobody.force(id, { to: 'PAID', reason: 'please' });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'NOT_PERMITTED' });
  });

  test('lets nobody else speak', async () => {
    const { id } = await near('ada').create({
      graph: 'claim',
      ...{ createdBy: 'mallory', organizationId: randomUUID() },
    });
    await near('ada').transition(id, { to: 'SUBMITTED', ...{ actor: 'mallory' } });
    expect(await near('ada').history(id)).toMatchObject([{ actor: 'ada' }, { actor: 'ada' }]);
    expect(await near('ada').describe(id)).toMatchObject({ organizationId: ORGANIZATION });
  });
});
