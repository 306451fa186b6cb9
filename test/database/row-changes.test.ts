import type { PoolClient } from 'pg';

import { insertOutcomes } from '../../src/database/insert-outcomes';
import { applied, createdIntent, refusal, rejected, TO_PENDING, useDatabase } from './use-database';

const pools = useDatabase('row changes');

interface Trail {
  id: string;
  organizationId: string;
}

const SAID = { actor: 'ada', reason: 'ready', metadata: { ticket: 17 } };

async function trail(ended = true): Promise<Trail> {
  const { id, organizationId } = await createdIntent(pools.engine, { title: 'mine', createdBy: 'ada' });
  await insertOutcomes(pools.engine, { id, organizationId }, [
    applied(2, TO_PENDING, SAID),
    rejected(1, { actor: 'ada', message: 'no, said ada' }),
    ...(ended ? [applied(3, ['ICP_PENDING', 'CANCELLED'], SAID)] : []),
  ]);
  return { id, organizationId };
}

/** As the owner, in a transaction that is rolled back. */
async function inOwnersTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pools.owner.connect();
  try {
    await client.query('BEGIN');
    return await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const keepAsEvidence = (client: PoolClient, { id, organizationId }: Trail) =>
  client.query(
    `INSERT INTO workflow_transition_repairs (workflow_id, organization_id, table_name, stored, reason)
     SELECT $1, $2, 'workflow_transition_audit', to_jsonb(a), 'test'
       FROM workflow_transition_audit a WHERE workflow_id = $1 AND sequence = 3`,
    [id, organizationId],
  );
const takeLastRow = 'DELETE FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence = 3';

describe('a row goes', () => {
  test('once its content is kept as evidence, by the transaction that takes it', async () => {
    const intent = await trail();
    await inOwnersTransaction(async (client) => {
      await keepAsEvidence(client, intent);
      expect((await client.query(takeLastRow, [intent.id])).rowCount).toBe(1);
    });
  });

  test('not without evidence, nor with evidence of another content, nor of another transaction', async () => {
    const intent = await trail();
    expect(await refusal(pools.owner.query(takeLastRow, [intent.id]))).toBe('IE004');
    const changed = inOwnersTransaction(async (client) => {
      await keepAsEvidence(client, intent);
      await client.query('ALTER TABLE workflow_transition_audit DISABLE TRIGGER check_change');
      await client.query(`UPDATE workflow_transition_audit SET actor = 'eve' WHERE workflow_id = $1`, [
        intent.id,
      ]);
      await client.query('ALTER TABLE workflow_transition_audit ENABLE TRIGGER check_change');
      return client.query(takeLastRow, [intent.id]);
    });
    expect(await refusal(changed)).toBe('IE004');
    const client = await pools.owner.connect();
    await keepAsEvidence(client, intent);
    expect(await refusal(client.query(takeLastRow, [intent.id]))).toBe('IE004');
    client.release();
  });

  test('not because somebody says that it is archived', async () => {
    const intent = await trail();
    const taken = inOwnersTransaction(async (client) => {
      await client.query(
        `INSERT INTO intent_archives (workflow_id, organization_id, ended_at, transitions, rejections)
         SELECT id, organization_id, ended_at, 3, 1 FROM intent_workflows WHERE id = $1`,
        [intent.id],
      );
      return client.query(takeLastRow, [intent.id]);
    });
    expect(await refusal(taken)).toBe('IE004');
  });

  test('evidence itself is never changed and never goes', async () => {
    const intent = await trail();
    await pools.owner.query('SELECT 1');
    const client = await pools.owner.connect();
    await keepAsEvidence(client, intent);
    client.release();
    expect(await refusal(pools.owner.query(`UPDATE workflow_transition_repairs SET reason = ''`))).toBe(
      'IE004',
    );
    expect(await refusal(pools.owner.query('DELETE FROM workflow_transition_repairs'))).toBe('IE004');
    expect(await refusal(pools.owner.query('TRUNCATE workflow_transition_repairs'))).toBe('IE004');
  });
});

describe('an erasure', () => {
  const everything = async (id: string) =>
    (
      await pools.superuser.query<Record<'intent' | 'audit' | 'rejections', unknown>>(
        `SELECT to_jsonb(i) - 'updated_at' AS intent,
                (SELECT jsonb_agg(to_jsonb(a) ORDER BY sequence) FROM workflow_transition_audit a
                  WHERE a.workflow_id = i.id) AS audit,
                (SELECT jsonb_agg(to_jsonb(r) ORDER BY number) FROM workflow_transition_rejections r
                  WHERE r.workflow_id = i.id) AS rejections
           FROM intent_workflows i WHERE i.id = $1`,
        [id],
      )
    ).rows[0];

  test('takes what is said about people, and leaves states, times, ids and every hash', async () => {
    const { id } = await trail();
    const before = (await everything(id)) as { intent: object; audit: object[]; rejections: object[] };
    const { rows } = await pools.owner.query(`SELECT intent_erase($1, 'asked for') AS erased`, [id]);
    expect(rows).toEqual([{ erased: true }]);
    const erased = { transition_reason: null, actor: null };
    expect(await everything(id)).toEqual({
      intent: { ...before.intent, title: null, metadata: null, created_by: null, personal_salt: null },
      audit: before.audit.map((row) => ({ ...row, ...erased, metadata: null })),
      rejections: before.rejections.map((row) => ({
        ...row,
        ...erased,
        message: 'erased',
        requested_state: null,
      })),
    });
    const record = await pools.engine.query(
      'SELECT reason, erased_by FROM intent_erasures WHERE workflow_id = $1',
      [id],
    );
    expect(record.rows).toEqual([{ reason: 'asked for', erased_by: 'intent_owner' }]);
  });

  test('happens once', async () => {
    const { id } = await trail();
    await pools.owner.query(`SELECT intent_erase($1, 'first')`, [id]);
    const { rows } = await pools.owner.query(`SELECT intent_erase($1, 'second') AS erased`, [id]);
    expect(rows).toEqual([{ erased: false }]);
  });

  test('is refused for an intent that goes on, and to the engine', async () => {
    const { id } = await trail(false);
    expect(await refusal(pools.owner.query(`SELECT intent_erase($1, 'early')`, [id]))).toBe('IE007');
    expect(await refusal(pools.engine.query(`SELECT intent_erase($1, 'not mine')`, [id]))).toBe('42501');
  });

  test('is no cover for another change', async () => {
    const { id } = await trail();
    await pools.owner.query(`SELECT intent_erase($1, 'asked for')`, [id]);
    for (const statement of [
      `UPDATE workflow_transition_audit SET actor = 'eve' WHERE workflow_id = $1`,
      `UPDATE workflow_transition_audit SET new_state = 'COMPLETED' WHERE workflow_id = $1 AND sequence = 3`,
      `UPDATE workflow_transition_rejections SET message = 'yes' WHERE workflow_id = $1`,
      `UPDATE intent_workflows SET title = 'another' WHERE id = $1`,
      `DELETE FROM workflow_transition_audit WHERE workflow_id = $1`,
    ]) {
      expect([statement, await refusal(pools.owner.query(statement, [id]))]).toEqual([statement, 'IE004']);
    }
  });
});

test('two intents that say the same have digests that do not tell', async () => {
  const [one, other] = [await trail(), await trail()];
  const { rows } = await pools.engine.query<{ digest: string }>(
    `SELECT DISTINCT personal_digest AS digest FROM workflow_transition_audit
      WHERE workflow_id = ANY ($1) AND sequence > 1`,
    [[one.id, other.id]],
  );
  expect(rows).toHaveLength(4);
});
