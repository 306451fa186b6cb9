import { randomUUID } from 'node:crypto';

import { IntentClient } from '../../src/client';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readVotes } from '../../src/database/read-votes';
import { sqlStateOf } from '../../src/database/sql-states';
import { DESCRIBE_QUERY, type Decision, type IntentDescription, type Vote } from '../../src/intent';
import { brokenLinks } from '../setup/audit-checks';
import { claimGraph } from '../setup/claim-graph';
import { eventually } from '../setup/eventually';
import { findingsOf, withDetail } from '../setup/findings-of';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';
import { startCrashingWorker } from '../setup/start-crashing-worker';
import { killLeftovers } from '../setup/worker-process';

let environment: IntentEnvironment;
let stopWorker: () => Promise<void>;

const EXPIRING = 2;
/** Late enough for the worker to be replaced before. */
const EXPIRING_LATER = 3;

beforeAll(async () => {
  environment = await createIntentEnvironment('approvals');
  await register(
    environment.database,
    claimGraph(),
    claimGraph({ expireAfter: 'PT2S' }, EXPIRING),
    claimGraph({ expireAfter: 'PT12S' }, EXPIRING_LATER),
  );
  stopWorker = await environment.startWorker();
});
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

async function submitted(version = 1): Promise<string> {
  const { id } = await environment.intents.create({
    organizationId: ORGANIZATION,
    graph: `claim@${version}`,
    createdBy: 'grace',
  });
  await environment.intents.transition(id, { to: 'SUBMITTED', actor: 'ada' });
  return id;
}

const approve = (id: string, actor: string, role: string, said: object = {}) =>
  environment.intents.approve(id, { to: 'APPROVED', actor, role, ...said });

const found = (id: string) => findingsOf(environment, { ids: [id] }, { line: withDetail });

test('each vote is a row of its own; the last one moves the intent, and its row carries them all', async () => {
  const id = await submitted();
  const first = await approve(id, 'bob', 'supervisor', { requestId: 'b', reason: 'checked' });
  expect(first).toEqual({
    ...{ status: 'voted', requestId: 'b', to: 'APPROVED', votes: 1, needed: 2, state: 'SUBMITTED' },
  });
  expect((await environment.intents.describe(id)).approvals).toMatchObject([
    { to: 'APPROVED', needed: 2, missing: 1, votes: [{ actor: 'bob' }] },
  ]);
  expect(await approve(id, 'bob', 'supervisor')).toMatchObject({ code: 'VOTE_REFUSED' });
  const last = await approve(id, 'cleo', 'administration', { requestId: 'c', metadata: { desk: 7 } });
  expect(last).toMatchObject({ status: 'applied', requestId: 'c', sequence: 3, newState: 'APPROVED' });

  expect(await readVotes(environment.pool, id)).toMatchObject([
    { number: 1, entry: 2, actor: 'bob', role: 'supervisor', reason: 'checked', votes: 1, needed: 2 },
    { number: 2, entry: 2, actor: 'cleo', role: 'administration', metadata: { desk: 7 }, votes: 2 },
  ]);
  expect((await environment.intents.history(id)).at(-1)).toMatchObject({
    kind: 'approval',
    actor: 'cleo',
    metadata: {
      desk: 7,
      votes: [
        { number: 1, actor: 'bob', role: 'supervisor', reason: 'checked', requestId: 'b' },
        { number: 2, actor: 'cleo', role: 'administration', requestId: 'c' },
      ],
    },
  });
  expect(await brokenLinks(environment.pool, id)).toEqual([]);
  expect(await found(id)).toEqual([]);
});

test('the outcome of a vote is the same from Postgres, from Temporal, and when it is sent again', async () => {
  const id = await submitted();
  const outcome = await approve(id, 'bob', 'supervisor', { requestId: 'b' });
  expect(await environment.intents.outcome(id, 'b')).toEqual(outcome);
  expect(await approve(id, 'cleo', 'supervisor', { requestId: 'b' })).toEqual(outcome);
  const { connection } = environment.temporal;
  const without = await IntentClient.connect({ databaseUrl: null, temporal: { connection } });
  try {
    expect(await without.outcome(id, 'b')).toEqual(outcome);
    expect(await without.approve(id, { to: 'APPROVED', actor: 'cleo', role: 'supervisor' })).toMatchObject({
      status: 'applied',
    });
  } finally {
    await without.close();
  }
  await expect(environment.intents.transition(id, { to: 'PAID', requestId: 'b' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test.each([2, 20, 100])(
  'exactly one of %i simultaneous votes completes what the edge needs',
  async (voters) => {
    const id = await submitted();
    await approve(id, 'bob', 'supervisor');
    const outcomes = await Promise.all(
      Array.from({ length: voters }, (_, index) => approve(id, `voter ${index}`, 'administration')),
    );
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.code : outcome.status));
    expect(codes.filter((code) => code === 'applied')).toHaveLength(1);
    // The others came to a state that does not lead there.
    expect(codes.filter((code) => code === 'ALREADY_IN_STATE')).toHaveLength(voters - 1);
    expect(await readVotes(environment.pool, id)).toHaveLength(2);
    expect(await environment.intents.history(id)).toHaveLength(3);
    expect(await found(id)).toEqual([]);
  },
);

test('simultaneous votes of one person count once', async () => {
  const id = await submitted();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => approve(id, 'bob', 'supervisor')));
  expect(outcomes.filter(({ status }) => status === 'voted')).toHaveLength(1);
  expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(0);
  expect(await readVotes(environment.pool, id)).toHaveLength(1);
});

test('a transition along the edge is refused, and leaving the state drops its votes', async () => {
  const { intents } = environment;
  const id = await submitted();
  await approve(id, 'bob', 'supervisor');
  expect(await intents.transition(id, { to: 'APPROVED', actor: 'eve' })).toMatchObject({
    code: 'APPROVAL_REQUIRED',
    message: expect.stringContaining('1 of 2 missing') as string,
  });
  await intents.transition(id, { to: 'DRAFT' });
  await intents.transition(id, { to: 'SUBMITTED', actor: 'ada' });
  expect(await approve(id, 'cleo', 'supervisor')).toMatchObject({ status: 'voted', votes: 1 });
  expect(await approve(id, 'bob', 'supervisor')).toMatchObject({ status: 'applied' });
  expect(await found(id)).toEqual([]);
});

describe('Postgres', () => {
  const aVote = (number: number, said: Partial<Vote> = {}): Vote => ({
    ...{
      number,
      kind: 'cast',
      requestId: `v${number}`,
      entry: 2,
      fromState: 'SUBMITTED',
      toState: 'APPROVED',
    },
    ...{ graphVersion: 1, role: 'supervisor', actor: `voter ${number}`, votes: number, needed: 2 },
    ...{ votedAt: '2026-03-01T12:00:00.000Z' },
    ...said,
  });
  const voted = (vote: Vote): Decision => ({ status: 'voted', requestId: vote.requestId, vote });
  const approval = (vote?: Vote): Decision => ({
    ...{ status: 'applied', kind: 'approval', sequence: 3, requestId: 'a', previousState: 'SUBMITTED' },
    ...{ newState: 'APPROVED', transitionedAt: '2026-03-01T12:00:00.000Z', graphVersion: 1 },
    ...(vote !== undefined && { vote }),
  });
  const refused = (id: string, ...decisions: Decision[]) =>
    insertOutcomes(environment.pool, { id, organizationId: ORGANIZATION }, decisions).then(
      () => 'stored',
      (error: unknown) => sqlStateOf(error),
    );

  test('moves no intent by fewer votes than its graph asks for', async () => {
    const id = await submitted();
    expect(await refused(id, approval())).toBe('IE003');
    expect(await refused(id, approval(aVote(1)))).toBe('IE003');
    const expired = aVote(2, { kind: 'expired', expires: 1, requestId: 'x' });
    expect(await refused(id, voted(aVote(1)), voted(expired), approval(aVote(3)))).toBe('IE003');
    expect(await readVotes(environment.pool, id)).toEqual([]);
    const other = await submitted();
    expect(await refused(other, voted(aVote(1)), approval(aVote(2)))).toBe('stored');
  });

  test('takes no vote of another role, edge, stay or content', async () => {
    const id = await submitted();
    expect(await refused(id, voted(aVote(1, { role: 'intern' })))).toBe('IE003');
    expect(await refused(id, voted(aVote(1, { toState: 'DRAFT' })))).toBe('IE003');
    expect(await refused(id, voted(aVote(1, { entry: 1 })))).toBe('IE001');
    expect(await refused(id, voted(aVote(1, { entry: 3 })))).toBe('IE002');
    expect(await refused(id, voted(aVote(2, { kind: 'expired', expires: 1 })))).toBe('IE002');
    expect(await refused(id, voted(aVote(1)))).toBe('stored');
    expect(await refused(id, voted(aVote(1)))).toBe('stored');
    expect(await refused(id, voted(aVote(1, { requestId: 'other' })))).toBe('IE001');
    expect(await readVotes(environment.pool, id)).toHaveLength(1);
  });
});

describe('a vote that expires', () => {
  const rowsOf = async (id: string) =>
    (await readVotes(environment.pool, id)).map(({ number, kind, expires, votes }) => ({
      ...{ number, kind, expires, votes },
    }));
  const CAST = { number: 1, kind: 'cast', expires: null, votes: 1 };
  const EXPIRED = { number: 2, kind: 'expired', expires: 1, votes: 0 };

  test('no longer counts when its time is over, which is a row of its own', async () => {
    const id = await submitted(EXPIRING);
    await approve(id, 'bob', 'supervisor');
    await eventually(async () => expect(await rowsOf(id)).toEqual([CAST, EXPIRED]));
    expect((await environment.intents.describe(id)).approvals).toMatchObject([{ votes: [], missing: 2 }]);
    expect(await approve(id, 'bob', 'supervisor')).toMatchObject({ status: 'voted', votes: 1 });
    expect(await approve(id, 'cleo', 'supervisor')).toMatchObject({ status: 'applied' });
    expect(await found(id)).toEqual([]);
  });

  test('does so once, when the worker is killed between the commit and the completion of its task', async () => {
    const id = await submitted(EXPIRING_LATER);
    await approve(id, 'bob', 'supervisor');
    await stopWorker();
    const crashing = await startCrashingWorker(environment, 'recordOutcomes');
    expect(await crashing.exited).toBe('SIGKILL');
    expect(await rowsOf(id)).toEqual([CAST, EXPIRED]);
    const described = () =>
      environment.temporal.workflow.getHandle(id).query<IntentDescription>(DESCRIBE_QUERY);
    stopWorker = await environment.startWorker();
    await eventually(async () => expect((await described()).approvals).toMatchObject([{ votes: [] }]));
    expect(await approve(id, 'bob', 'supervisor', { requestId: randomUUID() })).toMatchObject({
      ...{ status: 'voted', votes: 1 },
    });
    expect((await rowsOf(id)).slice(0, 3)).toEqual([CAST, EXPIRED, { ...CAST, number: 3 }]);
    await eventually(async () => expect(await found(id)).toEqual([]));
  }, 120_000);
});
