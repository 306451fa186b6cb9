import type { Pool, PoolClient } from 'pg';

import { createPool } from '../../src/database/pool';
import { reconcile, type Restored } from '../../src/ops/reconcile';
import { claimGraph } from '../setup/claim-graph';
import { findingsOf } from '../setup/findings-of';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { contentsOf } from './contents';
import { withoutRules } from './forgeries';

let environment: IntentEnvironment;
let owner: Pool;

beforeAll(async () => {
  environment = await createIntentEnvironment('votes in ops');
  owner = createPool({ databaseUrl: environment.database.ownerUrl, applicationName: 'test votes', max: 10 });
  await register(environment.database, claimGraph());
  await environment.startWorker();
});
afterAll(async () => {
  await owner.end();
  await environment.close();
});

/** Approved by two, sent back before, so that there are votes of two stays. */
async function approved(): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'claim', createdBy: 'grace' });
  const vote = (actor: string) =>
    intents.approve(id, { to: 'APPROVED', actor, role: 'supervisor', reason: `checked by ${actor}` });
  await intents.transition(id, { to: 'SUBMITTED', actor: 'ada' });
  await vote('bob');
  await intents.transition(id, { to: 'DRAFT' });
  await intents.transition(id, { to: 'SUBMITTED', actor: 'ada' });
  await vote('bob');
  await vote('cleo');
  return id;
}

const workflowBundle = () => ({ codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') });

const codesOf = (id: string) => findingsOf(environment, { ids: [id] });

async function mended(id: string, repair: boolean): Promise<Restored[]> {
  const restored: Restored[] = [];
  await reconcile({
    pool: owner,
    client: environment.temporal,
    apply: true,
    repair,
    ids: [id],
    workflowBundle: workflowBundle(),
    onFinding: () => undefined,
    onRestore: (one) => restored.push(one),
    onLeft: (_id, reason) => {
      throw new Error(reason);
    },
  });
  return restored;
}

const forge = (work: (client: PoolClient) => Promise<unknown>) => withoutRules(environment.superuser, work);
const deleteVotes = (client: PoolClient, id: string, where: string) =>
  client.query(`DELETE FROM workflow_transition_votes WHERE workflow_id = $1 AND ${where}`, [id]);

test.each([
  ['all of them', 'true', 3, ['TEMPORAL_AHEAD', 'VOTES_MISSING']],
  ['those of the stay that it left', 'number = 1', 1, ['TEMPORAL_AHEAD', 'VOTE_GAP']],
  ['the last one', 'number = 3', 1, ['TEMPORAL_AHEAD', 'VOTES_MISSING']],
])('votes that Postgres lost are restored from Temporal: %s', async (_which, where, votes, codes) => {
  const id = await approved();
  const before = await contentsOf(environment.superuser, [id]);
  await forge((client) => deleteVotes(client, id, where));
  expect([...new Set(await codesOf(id))].sort()).toEqual(codes);
  expect(await mended(id, false)).toMatchObject([{ votes, transitions: 0 }]);
  expect(await contentsOf(environment.superuser, [id])).toEqual(before);
  expect(await codesOf(id)).toEqual([]);
});

test('a whole intent is restored, its votes in their order between the transitions', async () => {
  const id = await approved();
  const before = await contentsOf(environment.superuser, [id]);
  await forge(async (client) => {
    for (const table of ['votes', 'audit', 'rejections']) {
      await client.query(`DELETE FROM workflow_transition_${table} WHERE workflow_id = $1`, [id]);
    }
    await client.query('DELETE FROM intent_workflows WHERE id = $1', [id]);
  });
  expect(await mended(id, false)).toMatchObject([{ created: true, transitions: 5, votes: 3 }]);
  expect(await contentsOf(environment.superuser, [id])).toEqual(before);
  expect(await codesOf(id)).toEqual([]);
});

test.each([
  ['another voter', `actor = 'eve'`],
  ['another role', `role = 'administration'`],
  ['another time', `voted_at = '2001-01-01'`],
])('a vote that says %s is found, kept as evidence and replaced', async (_what, set) => {
  const id = await approved();
  const before = await contentsOf(environment.superuser, [id]);
  await forge((client) =>
    client.query(`UPDATE workflow_transition_votes SET ${set} WHERE workflow_id = $1 AND number = 2`, [id]),
  );
  expect(await codesOf(id)).toEqual(['WITNESS_DIFFERS']);
  expect(await mended(id, true)).toMatchObject([{ votes: 1, transitions: 0 }]);
  expect(await contentsOf(environment.superuser, [id])).toEqual(before);
  expect(await codesOf(id)).toEqual([]);
  const { rows } = await environment.pool.query<{ table_name: string; number: string }>(
    `SELECT table_name, stored ->> 'number' AS number FROM workflow_transition_repairs
      WHERE workflow_id = $1 AND table_name = 'workflow_transition_votes'`,
    [id],
  );
  expect(rows).toEqual([{ table_name: 'workflow_transition_votes', number: '2' }]);
});

test('a vote that Temporal does not know is found', async () => {
  const id = await approved();
  await forge((client) =>
    client.query(
      `INSERT INTO workflow_transition_votes
       SELECT workflow_id, organization_id, 4, kind, 'forged', entry, from_state, to_state, graph_version, role, 'eve',
              NULL, NULL, NULL, NULL, votes, needed, voted_at
         FROM workflow_transition_votes WHERE workflow_id = $1 AND number = 3`,
      [id],
    ),
  );
  expect(await codesOf(id)).toEqual(['POSTGRES_AHEAD']);
});
