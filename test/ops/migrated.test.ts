import type { Pool, PoolClient } from 'pg';

import { createPool } from '../../src/database/pool';
import { reconcile } from '../../src/ops/reconcile';
import type { VerifyMode } from '../../src/ops/verify';
import { findingsOf } from '../setup/findings-of';
import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { ticket1, ticket2 } from '../setup/ticket-versions';
import { contentsOf } from './contents';
import { migratedTrail, MIGRATION_FORGERIES, withoutRules } from './forgeries';

/** Intents that were moved to another version of their graph, verified, forged, lost and repaired. */
let environment: IntentEnvironment;
let owner: Pool;

beforeAll(async () => {
  environment = await createIntentEnvironment('migrated');
  await register(environment.database, ticket1, ticket2, { ...ticket2, version: 3 });
  owner = createPool({
    databaseUrl: environment.database.ownerUrl,
    applicationName: 'test migrated',
    max: 5,
  });
  await environment.startWorker();
});
afterAll(async () => {
  await owner.end();
  await environment.close();
});

const workflowBundle = () => ({ codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') });
const tamper = (work: (client: PoolClient) => Promise<unknown>) => withoutRules(environment.superuser, work);

async function codesOf(id: string, mode: VerifyMode = 'full'): Promise<string[]> {
  return [...new Set(await findingsOf(environment, { ids: [id] }, { mode }))].toSorted();
}

async function mended(id: string): Promise<{ restored: number; reasons: string[] }> {
  const reasons: string[] = [];
  const { restored } = await reconcile({
    pool: owner,
    client: environment.temporal,
    apply: true,
    repair: true,
    ids: [id],
    workflowBundle: workflowBundle(),
    onFinding: () => undefined,
    onRestore: () => undefined,
    onLeft: (_id, reason) => reasons.push(reason),
  });
  return { restored, reasons };
}

test('an intent that was moved is clean, in every mode', async () => {
  const id = await migratedTrail(environment.intents);
  for (const mode of ['sql', 'fast', 'full'] as const) expect(await codesOf(id, mode)).toEqual([]);
});

test.each(MIGRATION_FORGERIES)('%s: found, named, and mended', async (_name, forge, bySql, byTemporal) => {
  const id = await migratedTrail(environment.intents);
  const before = await contentsOf(owner, [id]);
  await tamper((client) => forge(client, id));
  expect(await codesOf(id, 'sql')).toEqual(bySql);
  expect(await codesOf(id)).toEqual([...bySql, ...byTemporal].toSorted());
  expect(await mended(id)).toEqual({ restored: 1, reasons: [] });
  expect(await contentsOf(owner, [id])).toEqual(before);
  expect(await codesOf(id)).toEqual([]);
});

test('one that Postgres has lost altogether is made again, and goes on by its version', async () => {
  const { intents } = environment;
  const id = await migratedTrail(intents);
  const before = await contentsOf(owner, [id]);
  await tamper(async (client) => {
    await client.query('DELETE FROM workflow_transition_audit WHERE workflow_id = $1', [id]);
    await client.query('DELETE FROM intent_workflows WHERE id = $1', [id]);
  });
  expect(await mended(id)).toEqual({ restored: 1, reasons: [] });
  expect(await contentsOf(owner, [id])).toEqual(before);
  const moved = await intents.transition(id, { to: 'WORKING' }, { timeoutMs: 45_000 });
  expect(moved).toMatchObject({ status: 'applied', sequence: 5 });
  expect(await codesOf(id)).toEqual([]);
});

test('an edited version is given away by the intents that were moved to it', async () => {
  const id = await migratedTrail(environment.intents);
  const edited = (title: string | null) =>
    tamper((client) =>
      client.query(
        `UPDATE workflow_graphs SET definition = jsonb_strip_nulls(definition || jsonb_build_object('title', $1::text))
          WHERE name = 'ticket' AND version = 2`,
        [title],
      ),
    );
  await edited('forged');
  expect(await codesOf(id)).toEqual(['GRAPH_ALTERED']);
  await edited(null);
  expect(await codesOf(id)).toEqual([]);
});
