import { readVotes } from '../../src/database/read-votes';
import { claimGraph } from '../setup/claim-graph';
import { eventually } from '../setup/eventually';
import { findingsOf, withDetail } from '../setup/findings-of';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

let environment: IntentEnvironment;

const MORE_NEEDED = 2;
const OTHER_ROLES = 3;
const EXPIRING = 4;

beforeAll(async () => {
  environment = await createIntentEnvironment('votes-through-migration');
  await register(
    environment.database,
    claimGraph(),
    claimGraph({ count: 3 }, MORE_NEEDED),
    claimGraph({ roles: ['controller', 'supervisor'] }, OTHER_ROLES),
    claimGraph({ expireAfter: 'PT0.5S' }, EXPIRING),
  );
  await environment.startWorker();
});
afterAll(() => environment.close());

const approve = (id: string, actor: string, role: string) =>
  environment.intents.approve(id, { to: 'APPROVED', actor, role });

async function submitted(version = 1): Promise<string> {
  const { id } = await environment.intents.create({
    organizationId: ORGANIZATION,
    graph: `claim@${version}`,
  });
  await environment.intents.transition(id, { to: 'SUBMITTED', actor: 'ada' });
  return id;
}

async function expectWhole(id: string): Promise<void> {
  expect(await findingsOf(environment, { ids: [id] }, { line: withDetail })).toEqual([]);
  expect(await environment.intents.describe(id)).toMatchObject({ quarantined: null, mirrorLag: 0 });
}

test('a vote counts on by another version of the graph, which may need more of them', async () => {
  const id = await submitted();
  await approve(id, 'bob', 'supervisor');
  await environment.intents.migrate(id, { graph: `claim@${MORE_NEEDED}` });
  expect(await approve(id, 'cleo', 'administration')).toMatchObject({ status: 'voted', votes: 2, needed: 3 });
  expect(await approve(id, 'dan', 'budget owner')).toMatchObject({ status: 'applied', newState: 'APPROVED' });
  await expectWhole(id);
});

test('a vote of a role that the other version does not ask counts no longer', async () => {
  const id = await submitted();
  await approve(id, 'bob', 'supervisor');
  const other = await submitted();
  await approve(other, 'cleo', 'administration');
  for (const one of [id, other]) await environment.intents.migrate(one, { graph: `claim@${OTHER_ROLES}` });
  expect(await approve(id, 'dan', 'controller')).toMatchObject({ status: 'applied' });
  expect(await approve(other, 'dan', 'controller')).toMatchObject({ status: 'voted', votes: 1 });
  expect(await approve(other, 'eve', 'supervisor')).toMatchObject({ status: 'applied' });
  await expectWhole(id);
  await expectWhole(other);
});

test('a vote that is dropped does not expire any more, and one that counts on does', async () => {
  const id = await submitted(EXPIRING);
  await approve(id, 'bob', 'administration');
  await environment.intents.migrate(id, { graph: `claim@${OTHER_ROLES}` });
  await environment.intents.migrate(id, { graph: `claim@${EXPIRING}` });
  await approve(id, 'cleo', 'supervisor');
  await eventually(async () => {
    const expired = (await readVotes(environment.pool, id)).filter(({ kind }) => kind === 'expired');
    expect(expired.length).toBeGreaterThan(0);
    expect((await environment.intents.describe(id)).approvals).toMatchObject([{ votes: [] }]);
  });
  await expectWhole(id);
});
