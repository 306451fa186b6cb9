import { IntentClient, OutcomeTimeoutError } from '../../src/client';
import { hasGrpcStatus } from '../../src/temporal/grpc-status';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('client');
});
afterAll(() => environment.close());

describe('without a worker', () => {
  test('a wait that times out says that the request stands, and its outcome comes once a worker is there', async () => {
    const { intents, startWorker } = environment;
    const { id } = await intents.create({ organizationId: ORGANIZATION });
    const error: unknown = await intents
      .transition(id, { to: 'ICP_PENDING', requestId: 'patient' }, { timeoutMs: 1_000 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutcomeTimeoutError);
    expect(error).toMatchObject({
      code: 'OUTCOME_TIMEOUT',
      requestStands: true,
      requestId: 'patient',
      intentId: id,
    });

    const stop = await startWorker();
    await eventually(async () =>
      expect(await intents.outcome(id, 'patient')).toMatchObject({ status: 'applied' }),
    );
    await stop();
  });
});

test('a call that no worker answers ends in time', async () => {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  const error: unknown = await intents.describe(id, { timeoutMs: 500 }).catch((thrown: unknown) => thrown);
  expect(hasGrpcStatus(error, 'DEADLINE_EXCEEDED', 'CANCELLED')).toBe(true);
});

describe('with a worker', () => {
  beforeAll(() => environment.startWorker());

  test('a walk from CREATED to COMPLETED leaves the audit trail in order', async () => {
    const { intents } = environment;
    const { id, created } = await intents.create({
      organizationId: ORGANIZATION,
      title: 'Spring',
      createdBy: 'ada',
    });
    expect(created).toBe(true);
    const phases = ['ICP', 'COMPETITOR', 'CLUSTERING', 'VALIDATION', 'ARTICLE', 'PUBLISH'];
    const walk = phases
      .flatMap((phase) => ['PENDING', 'PROCESSING', 'COMPLETED'].map((suffix) => `${phase}_${suffix}`))
      .flatMap((state) =>
        state === 'CLUSTERING_PENDING' ? ['SEED_REVIEW_PENDING', 'SEED_REVIEW_COMPLETED', state] : [state],
      )
      .concat('COMPLETED');
    for (const to of walk) {
      const outcome = await intents.transition(id, {
        to,
        actor: 'ada',
        reason: `to ${to}`,
        metadata: { to },
      });
      expect(outcome).toMatchObject({ status: 'applied', newState: to });
    }
    const history = await intents.history(id);
    expect(history.map(({ newState }) => newState)).toEqual(['CREATED', ...walk]);
    expect(history.at(-1)).toMatchObject({
      actor: 'ada',
      reason: 'to COMPLETED',
      metadata: { to: 'COMPLETED' },
    });
    expect(await intents.describe(id)).toMatchObject({
      terminal: true,
      progress: 1,
      step: null,
      nextStates: [],
    });

    const late = await intents.transition(id, { to: 'CANCELLED', requestId: 'late' });
    expect(late).toMatchObject({ status: 'rejected', code: 'TERMINAL_STATE', state: 'COMPLETED' });
    const repeated = await intents.transition(id, { to: 'X', requestId: history[1]?.requestId ?? '' });
    expect(repeated).toMatchObject({ status: 'applied', sequence: 2 });
    expect(await intents.history(id)).toHaveLength(history.length);
  });

  test('creating twice with one key is creating once, and two organizations never meet', async () => {
    const { intents } = environment;
    const key = { idempotencyKey: 'plan-17' };
    const [first, again] = await Promise.all([
      intents.create({ organizationId: ORGANIZATION, ...key }),
      intents.create({ organizationId: ORGANIZATION, ...key }),
    ]);
    expect(again?.id).toBe(first?.id);
    expect([first?.created, again?.created].sort()).toEqual([false, true]);
    const other = await intents.create({ organizationId: OTHER_ORGANIZATION, ...key });
    expect(other.id).not.toBe(first?.id);
    await intents.waitForState(other.id, 'CREATED');
  });

  test('a repeated request id gives the first outcome and writes nothing', async () => {
    const { intents } = environment;
    const { id } = await intents.create({ organizationId: ORGANIZATION });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => intents.transition(id, { to: 'ICP_PENDING', requestId: 'same' })),
    );
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    const rejected = await intents.transition(id, { to: 'COMPLETED', requestId: 'no' });
    await intents.transition(id, { to: 'ICP_PROCESSING' });
    expect(await intents.transition(id, { to: 'ICP_COMPLETED', requestId: 'no' })).toEqual(rejected);
    expect(await intents.history(id)).toHaveLength(3);
  });

  test('a repeated request to an ended intent never hears of an end in the place of its own outcome', async () => {
    const { intents, superuser } = environment;
    const { id } = await intents.create({ organizationId: ORGANIZATION });
    const request = { to: 'CANCELLED', requestId: 'the last one' };
    const outcome = await intents.transition(id, request);
    expect(outcome).toMatchObject({ status: 'applied', newState: 'CANCELLED' });

    // Postgres answers where the intent is, and fails to answer what became of the request.
    await superuser.query('REVOKE SELECT ON workflow_transition_audit FROM intent_engine');
    try {
      await expect(intents.transition(id, request)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await superuser.query('GRANT SELECT ON workflow_transition_audit TO intent_engine');
    }
    expect(await intents.transition(id, request)).toEqual(outcome);
  });

  test('imports keep the time at which things happened', async () => {
    const { intents } = environment;
    const { id } = await intents.create({
      organizationId: ORGANIZATION,
      occurredAt: '2017-01-09T09:49:50.000+01:00',
    });
    const occurredAt = '2017-01-09T11:27:48.123+01:00';
    const outcome = await intents.transition(id, { to: 'ICP_PENDING', occurredAt });
    expect(outcome).toMatchObject({ transitionedAt: '2017-01-09T10:27:48.123Z' });
    const [creation, transition] = await intents.history(id);
    expect(creation?.transitionedAt.toISOString()).toBe('2017-01-09T08:49:50.000Z');
    expect(transition?.transitionedAt.toISOString()).toBe('2017-01-09T10:27:48.123Z');
  });

  test('errors are typed, and name the field or the fix', async () => {
    const { intents, temporal } = environment;
    const nobody = '00000000-0000-4000-8000-000000000000';
    await expect(intents.transition(nobody, { to: 'ICP_PENDING' })).rejects.toMatchObject({
      code: 'INTENT_NOT_FOUND',
    });
    await expect(intents.describe(nobody)).rejects.toMatchObject({ code: 'INTENT_NOT_FOUND' });
    await expect(intents.describe('nonsense')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(intents.create({ organizationId: 'nonsense' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'organizationId: must be a UUID',
    });
    await expect(intents.create({ organizationId: ORGANIZATION, graph: 'no-such' })).rejects.toMatchObject({
      code: 'GRAPH_NOT_REGISTERED',
    });
    const { id } = await intents.create({ organizationId: ORGANIZATION });
    await intents.waitForState(id, 'CREATED');
    await expect(intents.waitForState(id, 'COMPLETED', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'STATE_TIMEOUT',
      message: expect.stringContaining('it is in CREATED') as string,
    });
    await temporal.workflow.getHandle(id).terminate('by a test');
    await expect(intents.transition(id, { to: 'ICP_PENDING' })).rejects.toMatchObject({
      code: 'INTENT_NOT_RUNNING',
    });
  });

  test('what goes over a limit of the client is refused, and names the field', async () => {
    const { intents } = environment;
    const { id } = await intents.create({ organizationId: ORGANIZATION, idempotencyKey: 'k'.repeat(512) });
    const refused = (field: string) => ({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(`^${field}: `) as string,
    });
    const tooLong = { organizationId: ORGANIZATION, idempotencyKey: 'k'.repeat(513) };
    await expect(intents.create(tooLong)).rejects.toMatchObject(refused('idempotencyKey'));
    await expect(intents.outcome(id, 'r'.repeat(129))).rejects.toMatchObject(refused('requestId'));
    for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_400_001]) {
      const request = { to: 'ICP_PENDING', requestId: 'never sent' };
      await expect(intents.transition(id, request, { timeoutMs })).rejects.toMatchObject(
        refused('timeoutMs'),
      );
      await expect(intents.waitForState(id, 'CREATED', { timeoutMs })).rejects.toMatchObject(
        refused('timeoutMs'),
      );
      await expect(intents.describe(id, { timeoutMs })).rejects.toMatchObject(refused('timeoutMs'));
    }
    await intents.waitForState(id, 'CREATED', { timeoutMs: 86_400_000 });
    expect(await intents.outcome(id, 'never sent')).toBeUndefined();
  });

  test('an app without access to Postgres gets every outcome from Temporal', async () => {
    const { taskQueue, temporal, intents } = environment;
    const apart = await IntentClient.connect({
      databaseUrl: null,
      taskQueue,
      temporal: { connection: temporal.connection },
    });
    const { id } = await apart.create({ organizationId: ORGANIZATION });
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => apart.transition(id, { to: 'ICP_PENDING' }, { timeoutMs: 30_000 })),
    );
    expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(1);
    for (const outcome of outcomes) expect(await intents.outcome(id, outcome.requestId)).toEqual(outcome);
    await apart.transition(id, { to: 'CANCELLED' });
    await temporal.workflow.getHandle(id).result();
    expect(await apart.transition(id, { to: 'ICP_PENDING' })).toMatchObject({ code: 'TERMINAL_STATE' });
    await expect(apart.history(id)).rejects.toMatchObject({ code: 'NO_DATABASE' });
    await apart.close();
  });

  test('connects by the environment variables of Temporal', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
      DATABASE_URL: environment.database.engineUrl,
    });
    try {
      const intents = await IntentClient.connect({ taskQueue: environment.taskQueue });
      const { id } = await intents.create({ organizationId: ORGANIZATION });
      expect(await intents.transition(id, { to: 'ICP_PENDING' })).toMatchObject({ status: 'applied' });
      await intents.close();
    } finally {
      process.env = before;
    }
  });
});
