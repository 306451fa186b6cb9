import type { Pool, PoolClient } from 'pg';

import { createPool } from '../../src/database/pool';
import { reconcile, type Restored } from '../../src/ops/reconcile';
import { findingsOf } from '../setup/findings-of';
import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { contentsOf } from './contents';
import { FORGERIES, onRow, trailOfSix, withoutRules } from './forgeries';

let environment: IntentEnvironment;
let owner: Pool;

beforeAll(async () => {
  environment = await createIntentEnvironment('repair');
  owner = createPool({ databaseUrl: environment.database.ownerUrl, applicationName: 'test repair', max: 10 });
  await environment.startWorker();
});
afterAll(async () => {
  await owner.end();
  await environment.close();
});

const workflowBundle = () => ({ codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') });

async function repaired(id: string, options: { apply?: boolean; pool?: Pool; repair?: boolean } = {}) {
  const [mended, left]: [Restored[], string[]] = [[], []];
  const summary = await reconcile({
    pool: owner,
    client: environment.temporal,
    apply: true,
    repair: true,
    ids: [id],
    workflowBundle: workflowBundle(),
    onFinding: () => undefined,
    onRestore: (restored) => mended.push(restored),
    onLeft: (_id, reason) => left.push(reason),
    ...options,
  });
  return { ...summary, mended, reasons: left };
}

const codesOf = (id: string) => findingsOf(environment, { ids: [id] });

const forged = (work: (client: PoolClient) => Promise<unknown>) => withoutRules(environment.superuser, work);

/** Rows that were kept, by table. */
async function evidenceOf(id: string): Promise<Record<string, Record<string, unknown>[]>> {
  const { rows } = await environment.pool.query<{ table: string; stored: Record<string, unknown>[] }>(
    `SELECT table_name AS table, jsonb_agg(stored ORDER BY stored -> 'sequence', stored -> 'number') AS stored
       FROM workflow_transition_repairs WHERE workflow_id = $1 GROUP BY 1`,
    [id],
  );
  return Object.fromEntries(rows.map(({ table, stored }) => [table, stored]));
}

/** With a row that Temporal does not know: nobody can tell by himself which of the two is right. */
const AHEAD = new Set(
  FORGERIES.filter(([, , , byTemporal]) => byTemporal.includes('POSTGRES_AHEAD')).map(([name]) => name),
);

test.concurrent.each(FORGERIES.filter(([name]) => !AHEAD.has(name)))(
  '%s is repaired, and verify is clean again',
  async (_name, forge) => {
    const id = await trailOfSix(environment.intents);
    const before = await contentsOf(owner, [id]);
    await forged((client) => forge(client, id));
    expect(await repaired(id)).toMatchObject({ left: 0, restored: 1, reasons: [] });
    expect(await contentsOf(owner, [id])).toEqual(before);
    expect(await codesOf(id)).toEqual([]);
    expect(await repaired(id)).toMatchObject({ restored: 0, left: 0 });
  },
);

test.each(FORGERIES.filter(([name]) => AHEAD.has(name)))(
  '%s is left: somebody has to look',
  async (_name, forge) => {
    const id = await trailOfSix(environment.intents);
    await forged((client) => forge(client, id));
    const before = await contentsOf(owner, [id]);
    expect(await repaired(id)).toMatchObject({ left: 1, restored: 0 });
    expect(await contentsOf(owner, [id])).toEqual(before);
  },
);

test('an intent whose own row was deleted, with its rows left behind, is made again', async () => {
  const id = await trailOfSix(environment.intents);
  const before = await contentsOf(owner, [id]);
  await forged((client) => client.query('DELETE FROM intent_workflows WHERE id = $1', [id]));
  expect(await repaired(id)).toMatchObject({ left: 0, restored: 1 });
  expect(await contentsOf(owner, [id])).toEqual(before);
  expect(Object.keys(await evidenceOf(id)).toSorted()).toEqual([
    'workflow_transition_audit',
    'workflow_transition_rejections',
  ]);
});

test('every row that was replaced is kept as it was found, with the reason and who did it', async () => {
  const id = await trailOfSix(environment.intents);
  await forged(async (client) => {
    await onRow(`actor = 'eve', metadata = '{"forged":true}'`)(client, id);
    await client.query(
      `UPDATE workflow_transition_rejections SET code = 'FORGED' WHERE workflow_id = $1 AND number = 2`,
      [id],
    );
  });
  const result = await repaired(id);
  expect(result.mended).toEqual([
    { intentId: id, created: false, transitions: 2, rejections: 1, repairedFrom: 3 },
  ]);
  const evidence = await evidenceOf(id);
  expect(evidence['workflow_transition_audit']).toMatchObject([
    { sequence: 3, actor: 'eve', metadata: { forged: true } },
    { sequence: 4, actor: 'ada' },
  ]);
  expect(evidence['workflow_transition_rejections']).toMatchObject([{ number: 2, code: 'FORGED' }]);
  expect(evidence['intent_workflows']).toMatchObject([{ id, sequence: 4 }]);
  const { rows } = await environment.pool.query(
    'SELECT DISTINCT reason, repaired_by FROM workflow_transition_repairs WHERE workflow_id = $1',
    [id],
  );
  expect(rows).toEqual([{ reason: 'ROW_ALTERED, WITNESS_DIFFERS', repaired_by: 'intent_owner' }]);
});

test('without --repair, in a dry run, or as the engine, nothing is replaced', async () => {
  const id = await trailOfSix(environment.intents);
  await forged((client) => onRow(`actor = 'eve'`)(client, id));
  const before = await contentsOf(owner, [id]);
  expect(await repaired(id, { repair: false })).toMatchObject({ left: 1, restored: 0 });
  expect(await repaired(id, { apply: false })).toMatchObject({ left: 0, repaired: 1, applied: false });
  const asEngine = await repaired(id, { pool: environment.pool });
  expect(asEngine.reasons).toEqual([expect.stringMatching(/permission denied/)]);
  expect(await contentsOf(owner, [id])).toEqual(before);
  expect(await evidenceOf(id)).toEqual({});
  await repaired(id);
});

test('an intent goes on after a repair, on the chain that was repaired', async () => {
  const { intents } = environment;
  const id = await trailOfSix(intents);
  await forged((client) => onRow(`actor = 'eve'`, 2)(client, id));
  await repaired(id);
  expect(await intents.transition(id, { to: 'ICP_PROCESSING' })).toMatchObject({
    status: 'applied',
    sequence: 5,
  });
  expect(await codesOf(id)).toEqual([]);
});
