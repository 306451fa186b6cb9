import { claimGraph } from '../setup/claim-graph';
import { ORGANIZATION } from '../setup/intent-environment';
import {
  createTimeSkippingEnvironment,
  type TimeSkippingEnvironment,
} from '../setup/time-skipping-environment';

const DAY = 24 * 60 * 60 * 1000;

let environment: TimeSkippingEnvironment;

beforeAll(async () => {
  const graph = claimGraph({ count: 3, roles: ['clerk'], expireAfter: 'P3D' });
  environment = await createTimeSkippingEnvironment('carried-votes', [graph]);
  await environment.startWorker();
});
afterAll(() => environment.close());

const runIdOf = async (id: string) =>
  (await environment.server.client.workflow.getHandle(id).describe()).runId;

/** Requests that are refused make a history long as well. */
async function untilContinuedAsNew(id: string): Promise<void> {
  const { intents } = environment;
  const before = await runIdOf(id);
  while ((await runIdOf(id)) === before) {
    await Promise.all(Array.from({ length: 20 }, () => intents.requestTransition(id, { to: 'PAID' })));
    await intents.transition(id, { to: 'PAID' }, { timeoutMs: 60_000 });
  }
}

test('votes that are open when a run continues as new count in the next, until their time is over', async () => {
  const { intents, pool, now, skipTo } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'claim', createdBy: 'grace' });
  await intents.transition(id, { to: 'SUBMITTED' });
  const vote = (actor: string) =>
    intents.approve(id, { to: 'APPROVED', actor, role: 'clerk' }, { timeoutMs: 60_000 });
  const votedAt = await now();
  expect(await vote('ada')).toMatchObject({ status: 'voted', votes: 1, needed: 3 });
  await skipTo(votedAt + DAY);
  expect(await vote('bob')).toMatchObject({ votes: 2 });

  await untilContinuedAsNew(id);
  expect((await intents.describe(id)).approvals).toMatchObject([
    { to: 'APPROVED', votes: [{ actor: 'ada' }, { actor: 'bob' }], missing: 1 },
  ]);
  expect(await vote('ada')).toMatchObject({ code: 'VOTE_REFUSED' });

  // That of ada is over, that of bob is not.
  await skipTo(votedAt + 3 * DAY + 60_000);
  expect(await vote('cleo')).toMatchObject({ status: 'voted', votes: 2 });
  await untilContinuedAsNew(id);
  expect(await vote('ada')).toMatchObject({ status: 'applied', newState: 'APPROVED' });

  const { rows } = await pool.query(
    'SELECT number, kind, actor, expires, votes FROM workflow_transition_votes WHERE workflow_id = $1 ORDER BY number',
    [id],
  );
  expect(rows).toEqual([
    { number: 1, kind: 'cast', actor: 'ada', expires: null, votes: 1 },
    { number: 2, kind: 'cast', actor: 'bob', expires: null, votes: 2 },
    { number: 3, kind: 'expired', actor: null, expires: 1, votes: 1 },
    { number: 4, kind: 'cast', actor: 'cleo', expires: null, votes: 2 },
    { number: 5, kind: 'cast', actor: 'ada', expires: null, votes: 3 },
  ]);
}, 240_000);
