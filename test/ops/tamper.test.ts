import { randomUUID } from 'node:crypto';

import type { PoolClient } from 'pg';

import type { Finding } from '../../src/ops/findings';
import { verify, type VerifyMode } from '../../src/ops/verify';
import { eventually } from '../setup/eventually';
import { andRehashed, FORGERIES, onRow, trailOfSix, withoutRules } from './forgeries';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';

/** What somebody with all rights over Postgres may do, and by which code it shows. */
let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('tamper');
  await environment.startWorker();
});
afterAll(() => environment.close());

const intentWithTrail = () => trailOfSix(environment.intents);
const tamper = (work: (client: PoolClient) => Promise<unknown>) => withoutRules(environment.superuser, work);

async function findingsOf(ids: string[] | undefined, mode: VerifyMode = 'full'): Promise<Finding[]> {
  const findings: Finding[] = [];
  const summary = await verify({
    mode,
    pool: environment.pool,
    client: environment.temporal,
    ids,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    onFinding: (finding) => findings.push(finding),
    onUnchecked: (id, reason) => {
      throw new Error(`${id} was not checked: ${reason}`);
    },
  });
  expect(summary.complete).toBe(true);
  return findings;
}

const codesOf = (findings: Finding[]) => [...new Set(findings.map(({ code }) => code))].toSorted();

test('an intent that nobody has touched is clean, in every mode', async () => {
  const id = await intentWithTrail();
  for (const mode of ['sql', 'fast', 'full'] as const) expect(await findingsOf([id], mode)).toEqual([]);
});

test.concurrent.each(FORGERIES)('%s is found and named', async (_name, forge, bySql, byTemporal) => {
  const id = await intentWithTrail();
  await tamper((client) => forge(client, id));
  expect(codesOf(await findingsOf([id], 'sql'))).toEqual(bySql);
  const findings = await findingsOf([id]);
  expect(codesOf(findings)).toEqual([...bySql, ...byTemporal].toSorted());
  for (const finding of findings) expect(finding).toMatchObject({ intentId: id });
});

test('the head alone, which the workflow remembers, gives away a chain that was rewritten consistently', async () => {
  const id = await intentWithTrail();
  await tamper((client) => andRehashed(onRow(`actor = 'eve'`))(client, id));
  expect(await findingsOf([id], 'sql')).toEqual([]);
  expect(await findingsOf([id], 'fast')).toMatchObject([{ code: 'WITNESS_DIFFERS', sequence: 4 }]);
});

test('two intents that had their rows swapped are both found', async () => {
  const [one, other] = [await intentWithTrail(), await intentWithTrail()];
  await tamper(async (client) => {
    const move = (from: string, to: string) =>
      client.query('UPDATE workflow_transition_audit SET workflow_id = $2 WHERE workflow_id = $1', [
        from,
        to,
      ]);
    const aside = randomUUID();
    await move(one, aside);
    await move(other, one);
    await move(aside, other);
  });
  for (const id of [one, other]) {
    expect(codesOf(await findingsOf([id]))).toEqual(['MIRROR_DIFFERS', 'ROW_ALTERED', 'WITNESS_DIFFERS']);
  }
});

test('rows whose intent was deleted are found', async () => {
  const id = await intentWithTrail();
  await tamper((client) => client.query('DELETE FROM intent_workflows WHERE id = $1', [id]));
  // SQL sees the rows that are left, Temporal knows whose they are.
  expect(await findingsOf([id])).toMatchObject([
    { code: 'ORPHANED_ROW', intentId: id, detail: '6 rows' },
    { code: 'TEMPORAL_AHEAD', intentId: id },
  ]);
});

test('a quarantined intent is found', async () => {
  const { intents, superuser } = environment;
  const id = await intentWithTrail();
  await superuser.query(
    `INSERT INTO workflow_transition_audit
       (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
     VALUES ($1, $2, 5, 'forged', 'ICP_FAILED', 'CANCELLED', now())`,
    [id, ORGANIZATION],
  );
  await intents.requestTransition(id, { to: 'ICP_PROCESSING' });
  await eventually(async () => expect((await intents.describe(id)).quarantined).not.toBeNull());
  expect(codesOf(await findingsOf([id]))).toEqual(['POSTGRES_AHEAD', 'QUARANTINED']);
});

test('a registered graph that was edited consistently is given away by the intents that were created with it', async () => {
  const id = await intentWithTrail();
  const before = await environment.superuser.query<{ definition: object; fingerprint: string }>(
    'SELECT definition, fingerprint FROM workflow_graphs',
  );
  await tamper((client) =>
    client.query(`UPDATE workflow_graphs SET definition = definition || '{"title":"forged"}'`),
  );
  expect(codesOf(await findingsOf([id]))).toEqual(['GRAPH_ALTERED']);
  await tamper((client) =>
    client.query('UPDATE workflow_graphs SET definition = $1', [before.rows[0]?.definition]),
  );
  expect(await findingsOf([id])).toEqual([]);
});
