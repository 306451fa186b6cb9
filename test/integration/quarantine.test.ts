import { randomUUID } from 'node:crypto';

import { eventually } from '../setup/eventually';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('quarantine');
  await environment.startWorker();
});
afterAll(() => environment.close());

async function createdIntent(): Promise<string> {
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION });
  await environment.intents.waitForState(id, 'CREATED');
  return id;
}

/** A row past the engine, as somebody with the superuser's rights could write it: legal by every rule of Postgres. */
async function insertBehindTheEngine(id: string): Promise<void> {
  await environment.superuser.query(
    `INSERT INTO workflow_transition_audit
       (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
     VALUES ($1, $2, 2, 'forged', 'CREATED', 'CANCELLED', now())`,
    [id, ORGANIZATION],
  );
}

test('an audit row inserted behind the engine quarantines the intent, with both versions kept as evidence', async () => {
  const { intents, pool } = environment;
  const id = await createdIntent();
  await insertBehindTheEngine(id);

  await intents.requestTransition(id, { to: 'ICP_PENDING', requestId: 'honest' });
  const description = await eventually(async () => {
    const now = await intents.describe(id);
    expect(now.quarantined).not.toBeNull();
    return now;
  });
  expect(description).toMatchObject({ state: 'ICP_PENDING', sequence: 2, recordedSequence: 1, mirrorLag: 1 });
  expect(description.quarantined).toContain('already has another transition at sequence 2');

  const { rows } = await pool.query(
    'SELECT attempted, stored, sqlstate FROM workflow_transition_conflicts WHERE workflow_id = $1',
    [id],
  );
  expect(rows).toEqual([
    {
      sqlstate: 'IE001',
      attempted: [expect.objectContaining({ requestId: 'honest', newState: 'ICP_PENDING' })],
      stored: [expect.objectContaining({ request_id: 'forged', new_state: 'CANCELLED' })],
    },
  ]);
  expect(await intents.outcome(id, 'honest')).toBeUndefined();

  // Nothing moves it any more, and whoever asks is told so.
  const next = await intents.transition(id, { to: 'ICP_PROCESSING' });
  expect(next).toMatchObject({ status: 'rejected', code: 'QUARANTINED' });
});

test('a quarantined intent waits for an operator: its workflow neither ends nor fails', async () => {
  const { intents, temporal } = environment;
  const id = await createdIntent();
  await insertBehindTheEngine(id);
  await intents.requestTransition(id, { to: 'CANCELLED', requestId: randomUUID() });
  await eventually(async () => expect((await intents.describe(id)).quarantined).not.toBeNull());
  expect((await temporal.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
});

test('rows that Postgres lost are a gap: recording waits, and goes on by itself once they are back', async () => {
  const { intents, superuser, startWorker } = environment;
  await startWorker();
  const id = await createdIntent();
  await intents.transition(id, { to: 'ICP_PENDING', requestId: 'lost' });
  const before = await intents.history(id);

  // What a restore of an older backup does, by hand.
  const client = await superuser.connect();
  await client.query(`SET session_replication_role = replica`);
  await client.query('DELETE FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence = 2', [id]);
  await client.query(
    `UPDATE intent_workflows SET state = 'CREATED', sequence = 1, audit_hash = $2 WHERE id = $1`,
    [id, before[0]?.hash],
  );
  await client.query(`SET session_replication_role = origin`);
  client.release();

  await intents.requestTransition(id, { to: 'ICP_PROCESSING', requestId: 'after the loss' });
  await eventually(async () => expect((await intents.describe(id)).mirrorLag).toBe(1));
  expect(await intents.outcome(id, 'after the loss')).toBeUndefined();
  expect((await intents.describe(id)).quarantined).toBeNull();

  const lost = before[1];
  await superuser.query(
    `INSERT INTO workflow_transition_audit
       (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at,
        graph_version)
     VALUES ($1, $2, 2, 'lost', 'CREATED', 'ICP_PENDING', $3, 1)`,
    [id, ORGANIZATION, lost?.transitionedAt],
  );
  await eventually(async () => expect((await intents.describe(id)).mirrorLag).toBe(0));
  const after = await intents.history(id);
  expect(after.map(({ requestId }) => requestId)).toEqual(['creation', 'lost', 'after the loss']);
  // The same content chains to the same hash, so Temporal still witnesses it.
  expect(after[1]?.hash).toBe(lost?.hash);
});
