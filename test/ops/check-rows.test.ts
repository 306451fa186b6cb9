import { Pool } from 'pg';

import { verify } from '../../src/ops/verify';
import { createdIntent, useDatabase } from '../database/use-database';

const pools = useDatabase('check rows');

const INTENTS = 8;

test('a page whose rows take longer than a statement may is looked at in halves, and nothing is left out', async () => {
  const ids: string[] = [];
  for (let count = 0; count < INTENTS; count += 1) ids.push((await createdIntent(pools.engine)).id);
  const broken = ids.toSorted()[INTENTS - 1];
  await pools.superuser.query(
    `ALTER TABLE workflow_transition_audit DISABLE TRIGGER check_change;
     UPDATE workflow_transition_audit SET hash = repeat('0', 64) WHERE workflow_id = '${broken}';
     ALTER TABLE workflow_transition_audit ENABLE TRIGGER check_change;
     -- All of them together take longer than a second, half of them may, and one of them does not.
     CREATE OR REPLACE FUNCTION intent_audit_hash(previous_hash text, audit workflow_transition_audit) RETURNS text
     LANGUAGE plpgsql STABLE AS $$
     BEGIN
       PERFORM pg_sleep(0.2);
       RETURN encode(sha256(convert_to(coalesce(previous_hash, '') || intent_audit_canonical(audit), 'UTF8')), 'hex');
     END $$`,
  );
  const hurried = new Pool({
    connectionString: pools.engine.options.connectionString,
    statement_timeout: 1_000,
  });
  const sent = jest.spyOn(hurried, 'query');
  try {
    const found: (string | undefined)[] = [];
    const summary = await verify({
      mode: 'sql',
      pool: hurried,
      onFinding: ({ code, intentId }) => found.push(code, intentId),
      onUnchecked: (id) => found.push(id),
    });
    expect(summary).toMatchObject({ intents: INTENTS, complete: true });
    const checks = sent.mock.calls.filter(([query]) => (query as { name?: string }).name === 'check_rows');
    // The whole page, and then at least two parts of it.
    expect(checks.length).toBeGreaterThanOrEqual(3);
    // Its hash, and the mirror's copy of the hash before.
    expect(found).toEqual(['MIRROR_DIFFERS', broken, 'ROW_ALTERED', broken]);
  } finally {
    await hurried.end();
  }
});
