import type { Pool, PoolClient } from 'pg';

import type { IntentClient } from '../../src/client';
import type { FindingCode } from '../../src/ops/findings';
import { ORGANIZATION, OTHER_ORGANIZATION } from '../setup/intent-environment';

/** An intent with its creation, three transitions and two rejections. */
export async function trailOfSix(intents: IntentClient): Promise<string> {
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    title: 'honest',
    metadata: { a: 1 },
    createdBy: 'ada',
  });
  const said = { actor: 'ada', reason: 'ready', metadata: { ticket: 17 } };
  await intents.transition(id, { to: 'ICP_PENDING', requestId: 'r2', ...said });
  await intents.transition(id, { to: 'COMPLETED', requestId: 'no-1' });
  await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'r3', ...said });
  await intents.transition(id, { to: 'COMPLETED', requestId: 'no-2' });
  await intents.transition(id, { to: 'ICP_FAILED', requestId: 'r4', ...said });
  return id;
}

/** An intent that was moved from `ticket@1` to `ticket@2` by its third row of four. */
export async function migratedTrail(intents: IntentClient): Promise<string> {
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'ticket@1', title: 'honest' });
  const wait = { timeoutMs: 45_000 };
  await intents.transition(id, { to: 'WORKING', requestId: 'r2', actor: 'ada' }, wait);
  await intents.migrate(id, { graph: 'ticket@2', requestId: 'r3', actor: 'ada' }, wait);
  await intents.transition(id, { to: 'ON_HOLD', requestId: 'r4', actor: 'ada' }, wait);
  return id;
}

/** With every trigger and foreign key out of the way, as the superuser. */
export async function withoutRules(
  superuser: Pool,
  work: (client: PoolClient) => Promise<unknown>,
): Promise<void> {
  const client = await superuser.connect();
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
        audit.personal_digest := intent_personal_digest(
          (SELECT personal_salt FROM intent_workflows WHERE id = audit.workflow_id), audit);
        head := intent_audit_hash(head, audit);
        UPDATE workflow_transition_audit SET hash = head, personal_digest = audit.personal_digest
         WHERE workflow_id = audit.workflow_id AND sequence = audit.sequence;
        UPDATE intent_workflows SET state = audit.new_state, sequence = audit.sequence, audit_hash = head
         WHERE id = audit.workflow_id;
      END LOOP;
    END
    $$`);
}

export const onRow =
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

export type Forgery = (client: PoolClient, id: string) => Promise<unknown>;
export const andRehashed = (forge: Forgery) => async (client: PoolClient, id: string) => {
  await forge(client, id);
  await rehash(client, id);
};

/** Of an intent with four audit rows and two rejections: each with what SQL alone finds, and what Temporal adds. */
export const FORGERIES: [string, Forgery, FindingCode[], FindingCode[]][] = [
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
        `UPDATE workflow_transition_audit a SET personal_digest = intent_personal_digest(i.personal_salt, a)
           FROM intent_workflows i WHERE i.id = $1 AND a.workflow_id = $1 AND a.sequence = 3`,
        [id],
      );
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

/** The same of {@link migratedTrail}, with `ticket@3` registered. */
export const MIGRATION_FORGERIES: typeof FORGERIES = [
  [
    'another version of a row',
    onRow('graph_version = 1', 4),
    ['MIRROR_DIFFERS', 'NO_SUCH_EDGE', 'ROW_ALTERED'],
    ['WITNESS_DIFFERS'],
  ],
  [
    'another version of the migration',
    onRow('graph_version = 3', 3),
    ['NO_SUCH_EDGE', 'ROW_ALTERED'],
    ['WITNESS_DIFFERS'],
  ],
  ['a version taken away from a row', onRow('graph_version = NULL', 2), ['ROW_ALTERED'], ['WITNESS_DIFFERS']],
  [
    'another version of all that came after, consistently',
    andRehashed(async (client, id) => {
      await client.query(
        'UPDATE workflow_transition_audit SET graph_version = 3 WHERE workflow_id = $1 AND sequence > 2',
        [id],
      );
      await onIntent('graph_version = 3')(client, id);
    }),
    [],
    ['WITNESS_DIFFERS'],
  ],
  [
    'a migration that is none any more',
    onRow(`kind = 'transition'`, 3),
    ['MIRROR_DIFFERS', 'NO_SUCH_EDGE', 'ROW_ALTERED'],
    ['WITNESS_DIFFERS'],
  ],
  [
    'the migration deleted',
    deleted('sequence = 3'),
    ['MIRROR_DIFFERS', 'NO_SUCH_EDGE', 'SEQUENCE_GAP'],
    ['TEMPORAL_AHEAD'],
  ],
  [
    'the migration and all after it deleted, consistently',
    andRehashed(async (client, id) => {
      await deleted('sequence > 2')(client, id);
      await onIntent('graph_version = 1, first_graph_version = NULL')(client, id);
    }),
    [],
    ['TEMPORAL_AHEAD'],
  ],
  ['the version in the mirror', onIntent('graph_version = 1'), ['MIRROR_DIFFERS'], []],
  [
    'the first version in the mirror',
    onIntent('first_graph_version = 2'),
    ['MIRROR_DIFFERS'],
    ['INTENT_ALTERED'],
  ],
  [
    'no first version in the mirror',
    onIntent('first_graph_version = NULL'),
    ['MIRROR_DIFFERS'],
    ['INTENT_ALTERED'],
  ],
];
