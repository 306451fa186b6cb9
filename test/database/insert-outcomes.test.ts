import { randomUUID } from 'node:crypto';

import { insertConflict } from '../../src/database/insert-conflict';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readHistory } from '../../src/database/read-history';
import { readIntents } from '../../src/database/read-intents';
import type { Decision } from '../../src/intent';
import {
  AT,
  applied,
  createdIntent,
  refusal,
  rejected,
  TO_FAILED,
  TO_PENDING,
  TO_PROCESSING,
  TO_RETRY,
  useDatabase,
} from './use-database';

const pools = useDatabase('insert outcomes');
const LATER = '2031-01-01T00:00:00.000Z';

async function stored(id: string): Promise<{ audit: number; rejections: number; state: string | undefined }> {
  const [intent] = await readIntents(pools.engine, [id]);
  const { rows } = await pools.engine.query<{ audit: number; rejections: number }>(
    `SELECT (SELECT count(*)::int FROM workflow_transition_audit WHERE workflow_id = $1) AS audit,
            (SELECT count(*)::int FROM workflow_transition_rejections WHERE workflow_id = $1) AS rejections`,
    [id],
  );
  return { audit: rows[0]?.audit ?? 0, rejections: rows[0]?.rejections ?? 0, state: intent?.state };
}

test('a batch is stored in its order, and what is stored comes back by sequence', async () => {
  const intent = await createdIntent(pools.engine);
  const said = { actor: 'ada', reason: 'grün 🌱', metadata: { a: null } };
  const result = await insertOutcomes(pools.engine, intent, [
    applied(2, TO_PENDING, said),
    rejected(1, { requestedState: 'DONE', actor: 'bob', reason: 'why' }),
    applied(3, TO_PROCESSING),
  ]);
  const history = await readHistory(pools.engine, intent.id);
  expect(result).toEqual(
    history.slice(1).map(({ sequence, hash }) => ({ sequence, transitionedAt: AT, hash })),
  );
  expect(history[1]).toMatchObject({ requestId: 'request-2', ...said });
  expect(await stored(intent.id)).toEqual({ audit: 3, rejections: 1, state: 'ICP_PROCESSING' });
  const { rows } = await pools.engine.query(
    'SELECT * FROM workflow_transition_rejections WHERE workflow_id = $1',
    [intent.id],
  );
  expect(rows).toMatchObject([
    {
      number: 1,
      code: 'ILLEGAL_TRANSITION',
      requested_state: 'DONE',
      actor: 'bob',
      transition_reason: 'why',
    },
  ]);
});

test('a batch that comes again stores nothing and returns the stored times and hashes', async () => {
  const intent = await createdIntent(pools.engine);
  const batch = [applied(2, TO_PENDING), rejected(1), applied(3, TO_PROCESSING)];
  const first = await insertOutcomes(pools.engine, intent, batch);
  const again = batch.map((decision) =>
    decision.status === 'applied'
      ? { ...decision, transitionedAt: LATER }
      : { ...decision, rejectedAt: LATER },
  );
  await expect(insertOutcomes(pools.engine, intent, again)).resolves.toEqual(first);
  expect(await stored(intent.id)).toMatchObject({ audit: 3, rejections: 1 });
});

test('a batch that overlaps what is stored adds the rest', async () => {
  const intent = await createdIntent(pools.engine);
  const [first] = await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
  const result = await insertOutcomes(pools.engine, intent, [
    applied(2, TO_PENDING),
    applied(3, TO_PROCESSING),
  ]);
  expect(result[0]).toEqual(first);
  expect(result.map(({ sequence }) => sequence)).toEqual([2, 3]);
});

test('twenty connections with the same batch at once store it once and all get the same answer', async () => {
  const intent = await createdIntent(pools.engine);
  const batch = (index: number): Decision[] => [
    rejected(1),
    applied(2, TO_PENDING, { transitionedAt: new Date(Date.parse(AT) + index).toISOString() }),
    rejected(2),
    applied(3, TO_PROCESSING),
    applied(4, TO_FAILED),
  ];
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) => insertOutcomes(pools.engine, intent, batch(index))),
  );
  expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
  expect(results[0]).toHaveLength(3);
  expect(await stored(intent.id)).toEqual({ audit: 4, rejections: 2, state: 'ICP_FAILED' });
});

test('of twenty connections that say different things at once exactly one is heard', async () => {
  const intent = await createdIntent(pools.engine);
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      refusal(insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING, { requestId: `r${index}` })])),
    ),
  );
  expect(results.toSorted()).toEqual([...Array<string>(19).fill('IE001'), 'nothing was refused']);
  expect(await stored(intent.id)).toMatchObject({ audit: 2 });
});

test('other content at a sequence or a number that is taken is IE001', async () => {
  const intent = await createdIntent(pools.engine);
  await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING), rejected(1)]);
  const refused = (...batch: Decision[]) => refusal(insertOutcomes(pools.engine, intent, batch));
  await expect(refused(applied(2, TO_PENDING, { requestId: 'other' }))).resolves.toBe('IE001');
  await expect(refused(applied(2, ['CREATED', 'CANCELLED']))).resolves.toBe('IE001');
  await expect(refused(rejected(1, { requestId: 'other' }))).resolves.toBe('IE001');
  await expect(refused(rejected(1, { code: 'UNKNOWN_STATE' }))).resolves.toBe('IE001');
});

test('a gap is IE002, and so is an intent without a row, even with rejections alone', async () => {
  const intent = await createdIntent(pools.engine);
  const unknown = { id: randomUUID(), organizationId: randomUUID() };
  await expect(refusal(insertOutcomes(pools.engine, intent, [applied(3, TO_PROCESSING)]))).resolves.toBe(
    'IE002',
  );
  await expect(refusal(insertOutcomes(pools.engine, unknown, [applied(2, TO_PENDING)]))).resolves.toBe(
    'IE002',
  );
  await expect(refusal(insertOutcomes(pools.engine, unknown, [rejected(1)]))).resolves.toBe('IE002');
});

test('nothing of a batch is stored when one decision of it is refused', async () => {
  const intent = await createdIntent(pools.engine);
  const batch = [rejected(1), applied(2, TO_PENDING), applied(3, ['ICP_PENDING', 'COMPLETED']), rejected(2)];
  await expect(refusal(insertOutcomes(pools.engine, intent, batch))).resolves.toBe('IE003');
  expect(await stored(intent.id)).toEqual({ audit: 1, rejections: 0, state: 'CREATED' });
});

test('another organization is refused', async () => {
  const { id } = await createdIntent(pools.engine);
  const stranger = { id, organizationId: randomUUID() };
  await expect(refusal(insertOutcomes(pools.engine, stranger, [applied(2, TO_PENDING)]))).resolves.toBe(
    'IE001',
  );
  await expect(refusal(insertOutcomes(pools.engine, stranger, [rejected(1)]))).resolves.toBe('23503');
});

test('a batch of the largest size is one round trip, and its chain holds', async () => {
  const intent = await createdIntent(pools.engine);
  const batch = [applied(2, TO_PENDING), applied(3, TO_PROCESSING)];
  for (let sequence = 4; batch.length < 500; sequence += 1) {
    batch.push(applied(sequence, sequence % 2 === 0 ? TO_FAILED : TO_RETRY));
  }
  const result = await insertOutcomes(pools.engine, intent, batch);
  expect(result.map(({ sequence }) => sequence)).toEqual(batch.map(({ sequence }) => sequence));
  expect(new Set(result.map(({ hash }) => hash)).size).toBe(500);
});

test('a row that follows the rules moves the intent, whoever inserts it', async () => {
  const { id, organizationId } = await createdIntent(pools.engine);
  const path = ['CREATED', 'ICP_PENDING', 'ICP_PROCESSING', 'CANCELLED'];
  for (const [index, role] of (['engine', 'owner', 'superuser'] as const).entries()) {
    await pools[role].query(
      `INSERT INTO workflow_transition_audit
         (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at, hash)
       VALUES ($1, $2, $3, $4, $5, $6, '2020-01-01T00:00:00Z', 'a hash of my own')`,
      [id, organizationId, index + 2, `r${index}`, path[index], path[index + 1]],
    );
  }
  const { rows } = await pools.engine.query(
    `SELECT i.state, i.sequence, i.ended_at, i.updated_at = a.created_at AS updated,
            i.audit_hash = a.hash AND a.hash ~ '^[0-9a-f]{64}$' AS hashed
       FROM intent_workflows i JOIN workflow_transition_audit a ON a.workflow_id = i.id AND a.sequence = i.sequence
      WHERE i.id = $1`,
    [id],
  );
  expect(rows).toEqual([
    {
      state: 'CANCELLED',
      sequence: 4,
      ended_at: new Date('2020-01-01T00:00:00Z'),
      updated: true,
      hashed: true,
    },
  ]);
});

describe('evidence of a contradiction', () => {
  const evidence = async (id: string) =>
    (
      await pools.engine.query<{
        organization_id: string;
        attempted: unknown;
        stored: unknown;
        sqlstate: string;
      }>('SELECT * FROM workflow_transition_conflicts WHERE workflow_id = $1 ORDER BY detected_at', [id])
    ).rows;

  test('is kept once, beside what is stored, however often and at once it comes', async () => {
    const intent = await createdIntent(pools.engine);
    await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
    const attempted = [applied(2, ['CREATED', 'CANCELLED']), rejected(1)];
    const conflict = { intent, attempted, sqlState: 'IE001', message: 'another transition' };
    await Promise.all(Array.from({ length: 20 }, () => insertConflict(pools.engine, conflict)));
    await insertConflict(pools.engine, conflict);
    expect(await evidence(intent.id)).toMatchObject([
      {
        organization_id: intent.organizationId,
        attempted,
        stored: [{ sequence: 2, new_state: 'ICP_PENDING', request_id: 'request-2' }],
        sqlstate: 'IE001',
        message: 'another transition',
      },
    ]);
    await insertConflict(pools.engine, { ...conflict, attempted: [applied(2, TO_PROCESSING)] });
    expect(await evidence(intent.id)).toHaveLength(2);
  });

  test('needs nothing that is stored', async () => {
    const intent = { id: randomUUID(), organizationId: randomUUID() };
    await insertConflict(pools.engine, {
      intent,
      attempted: [rejected(1)],
      sqlState: '23503',
      message: 'no intent',
    });
    expect(await evidence(intent.id)).toMatchObject([
      { organization_id: intent.organizationId, stored: null },
    ]);
  });

  test('belongs to the organization of the intent, whatever the batch claimed', async () => {
    const { id, organizationId } = await createdIntent(pools.engine);
    const stranger = { id, organizationId: randomUUID() };
    const attempted = [applied(1, TO_PENDING)];
    await insertConflict(pools.engine, { intent: stranger, attempted, sqlState: 'IE001', message: '' });
    expect(await evidence(id)).toMatchObject([
      { organization_id: organizationId, stored: [{ sequence: 1 }] },
    ]);
  });
});
