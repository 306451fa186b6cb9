import { randomUUID } from 'node:crypto';

import type { PoolClient } from 'pg';

import type { Finding, FindingCode } from '../../src/ops/findings';
import { verify, type VerifyMode } from '../../src/ops/verify';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';

/** What somebody with all rights over Postgres may do, and by which code it shows. */
let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('tamper');
  await environment.startWorker();
});
afterAll(() => environment.close());

/** Creation, three transitions and two rejections. */
async function intentWithTrail(): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'honest', createdBy: 'ada' });
  const said = { actor: 'ada', reason: 'ready', metadata: { ticket: 17 } };
  await intents.transition(id, { to: 'ICP_PENDING', requestId: 'r2', ...said });
  await intents.transition(id, { to: 'COMPLETED', requestId: 'no-1' });
  await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'r3', ...said });
  await intents.transition(id, { to: 'COMPLETED', requestId: 'no-2' });
  await intents.transition(id, { to: 'ICP_FAILED', requestId: 'r4', ...said });
  return id;
}

/** With every trigger and foreign key out of the way, as the superuser. */
async function tamper(work: (client: PoolClient) => Promise<unknown>): Promise<void> {
  const client = await environment.superuser.connect();
  try {
    await client.query(`SET session_replication_role = replica`);
    await work(client);
  } finally {
    client.release(true);
  }
}

/** Makes a chain consistent again, and the mirror with it: what a careful forger does at the end. */
async function rehash(client: PoolClient, id: string): Promise<void> {
  await client.query(`
    DO $$
    DECLARE
      audit workflow_transition_audit;
      head text;
    BEGIN
      FOR audit IN SELECT * FROM workflow_transition_audit WHERE workflow_id = '${id}' ORDER BY sequence LOOP
        head := intent_audit_hash(head, audit);
        UPDATE workflow_transition_audit SET hash = head
         WHERE workflow_id = audit.workflow_id AND sequence = audit.sequence;
        UPDATE intent_workflows SET state = audit.new_state, sequence = audit.sequence, audit_hash = head
         WHERE id = audit.workflow_id;
      END LOOP;
    END
    $$`);
}

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

const onRow =
  (set: string, sequence = 3) =>
  (client: PoolClient, id: string) =>
    client.query(
      `UPDATE workflow_transition_audit SET ${set} WHERE workflow_id = $1 AND sequence = ${sequence}`,
      [id],
    );
const onIntent = (set: string) => (client: PoolClient, id: string) =>
  client.query(`UPDATE intent_workflows SET ${set} WHERE id = $1`, [id]);
const deleted = (where: string) => (client: PoolClient, id: string) =>
  client.query(`DELETE FROM workflow_transition_audit WHERE workflow_id = $1 AND ${where}`, [id]);
const rejection = (statement: string) => (client: PoolClient, id: string) => client.query(statement, [id]);

type Forgery = (client: PoolClient, id: string) => Promise<unknown>;
const andRehashed = (forge: Forgery) => async (client: PoolClient, id: string) => {
  await forge(client, id);
  await rehash(client, id);
};

/** Each with what SQL alone finds, and what Temporal adds. */
const FORGERIES: [string, Forgery, FindingCode[], FindingCode[]][] = [
  ['another actor', onRow(`actor = 'eve'`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  ['another reason', onRow(`transition_reason = 'because'`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  ['other metadata', onRow(`metadata = '{"ticket":18}'`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  ['metadata taken away', onRow(`metadata = NULL`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  ['another request id', onRow(`request_id = 'r9'`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  ['a backdated transition', onRow(`transitioned_at = '2001-01-01'`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  [
    'another state that it led to',
    onRow(`new_state = 'ARTICLE_PENDING'`),
    ['NO_SUCH_EDGE', 'ROW_ALTERED', 'STATES_DISCONNECTED'],
    ['WITNESS_DIFFERS'],
  ],
  [
    'another state that it came from',
    onRow(`previous_state = 'ICP_FAILED'`),
    ['ROW_ALTERED', 'STATES_DISCONNECTED'],
    ['WITNESS_DIFFERS'],
  ],
  ['a hash alone', onRow(`hash = repeat('0', 64)`), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  [
    'a row together with its own hash',
    async (client, id) => {
      await onRow(`actor = 'eve'`)(client, id);
      await client.query(
        `UPDATE workflow_transition_audit a SET hash = intent_audit_hash(
           (SELECT hash FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence = 2), a)
          WHERE workflow_id = $1 AND sequence = 3`,
        [id],
      );
    },
    ['ROW_ALTERED'],
    ['WITNESS_DIFFERS'],
  ],
  ['a whole chain, consistently', andRehashed(onRow(`actor = 'eve'`)), [], ['WITNESS_DIFFERS']],
  [
    'the last row, consistently',
    andRehashed(onRow(`transitioned_at = transitioned_at - interval '1 day'`, 4)),
    [],
    ['WITNESS_DIFFERS'],
  ],
  [
    'another path, consistently',
    andRehashed(onRow(`new_state = 'CANCELLED', request_id = 'r8'`, 4)),
    ['MIRROR_DIFFERS'],
    ['WITNESS_DIFFERS'],
  ],
  ['a row deleted in the middle', deleted('sequence = 3'), ['SEQUENCE_GAP'], ['TEMPORAL_AHEAD']],
  ['the creation deleted', deleted('sequence = 1'), ['SEQUENCE_GAP'], ['TEMPORAL_AHEAD']],
  ['the last row deleted', deleted('sequence = 4'), ['MIRROR_DIFFERS'], ['TEMPORAL_AHEAD']],
  ['the last row deleted, consistently', andRehashed(deleted('sequence = 4')), [], ['TEMPORAL_AHEAD']],
  ['all rows deleted', deleted('true'), ['TRAIL_MISSING'], ['TEMPORAL_AHEAD']],
  [
    'two rows in the other order',
    async (client, id) => {
      await onRow('sequence = 99', 2)(client, id);
      await onRow('sequence = 2', 3)(client, id);
      await onRow('sequence = 3', 99)(client, id);
    },
    ['ROW_ALTERED', 'STATES_DISCONNECTED'],
    ['WITNESS_DIFFERS'],
  ],
  [
    'a row inserted at the end, as the rules allow it',
    (client, id) =>
      client.query(
        `SET session_replication_role = origin;
         INSERT INTO workflow_transition_audit
           (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
         VALUES ('${id}', '${ORGANIZATION}', 5, 'forged', 'ICP_FAILED', 'CANCELLED', now())`,
      ),
    [],
    ['POSTGRES_AHEAD'],
  ],
  [
    'a row of another organization',
    onRow(`organization_id = '${OTHER_ORGANIZATION}'`),
    ['ORGANIZATION_DIFFERS', 'ROW_ALTERED'],
    [],
  ],
  [
    'a whole intent given to another organization, consistently',
    andRehashed(async (client, id) => {
      await onIntent(`organization_id = '${OTHER_ORGANIZATION}'`)(client, id);
      for (const table of ['workflow_transition_audit', 'workflow_transition_rejections']) {
        await client.query(`UPDATE ${table} SET organization_id = $2 WHERE workflow_id = $1`, [
          id,
          OTHER_ORGANIZATION,
        ]);
      }
    }),
    [],
    ['INTENT_ALTERED', 'WITNESS_DIFFERS'],
  ],
  ['the state in the mirror', onIntent(`state = 'COMPLETED'`), ['MIRROR_DIFFERS'], []],
  ['the sequence in the mirror', onIntent('sequence = 3'), ['MIRROR_DIFFERS'], []],
  ['the end in the mirror', onIntent('ended_at = now()'), ['MIRROR_DIFFERS'], []],
  ['the title in the mirror', onIntent(`title = 'forged'`), [], ['INTENT_ALTERED']],
  [
    'a rejection deleted in the middle',
    rejection('DELETE FROM workflow_transition_rejections WHERE workflow_id = $1 AND number = 1'),
    ['REJECTION_GAP'],
    ['TEMPORAL_AHEAD'],
  ],
  [
    'the last rejection deleted',
    rejection('DELETE FROM workflow_transition_rejections WHERE workflow_id = $1 AND number = 2'),
    [],
    ['TEMPORAL_AHEAD'],
  ],
  [
    'another code of a rejection',
    rejection(
      `UPDATE workflow_transition_rejections SET code = 'NOT_PERMITTED' WHERE workflow_id = $1 AND number = 1`,
    ),
    [],
    ['WITNESS_DIFFERS'],
  ],
  [
    'a rejection of what was applied',
    rejection(
      `INSERT INTO workflow_transition_rejections
         (workflow_id, organization_id, number, request_id, code, message, state, rejected_at)
       SELECT $1, organization_id, 3, 'r2', code, message, state, rejected_at
         FROM workflow_transition_rejections WHERE workflow_id = $1 AND number = 1`,
    ),
    ['REQUEST_ANSWERED_TWICE'],
    ['POSTGRES_AHEAD'],
  ],
];

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
