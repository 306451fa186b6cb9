import { randomUUID } from 'node:crypto';

import type { Intents } from '../../src/client';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';

/** Who speaks, in the examples: each may do everything, and vote as supervisor and administration. */
export type Actor = 'ada' | 'bob' | 'grace';

/**
 * What every client owes: the methods of `Intents`, the same outcomes and the same errors. Needs the graphs `claim@1` and
 * `claim@2`.
 *
 * @param as gives the client of an actor
 */
export function owesAllOfIntents(as: (actor: Actor) => Intents): void {
  const draft = async () => (await as('ada').create({ graph: 'claim@1', title: 'Train to Ghent' })).id;
  const submitted = async () => {
    const id = await draft();
    await as('ada').transition(id, { to: 'SUBMITTED' });
    return id;
  };

  describe('create', () => {
    test('makes an intent of the identity', async () => {
      const { id, created } = await as('ada').create({
        graph: 'claim',
        title: 'x',
        metadata: { km: [12, null] },
      });
      expect(created).toBe(true);
      expect(await as('ada').waitForState(id, 'DRAFT')).toMatchObject({ id, state: 'DRAFT', sequence: 1 });
      expect(await as('ada').describe(id)).toMatchObject({ organizationId: ORGANIZATION, graph: 'claim@2' });
      expect(await as('ada').history(id)).toMatchObject([
        { sequence: 1, actor: 'ada', previousState: null, newState: 'DRAFT' },
      ]);
    });

    test('with one key twice makes one', async () => {
      const idempotencyKey = `claim-${randomUUID()}`;
      const first = await as('ada').create({ graph: 'claim', idempotencyKey });
      expect(first).toMatchObject({ created: true });
      await as('ada').waitForState(first.id, 'DRAFT');
      expect(await as('grace').create({ graph: 'claim', idempotencyKey })).toEqual({
        ...first,
        created: false,
      });
    });

    test('refuses a graph that is not registered', async () => {
      await expect(as('ada').create({ graph: 'nothing@1' })).rejects.toMatchObject({
        name: 'IntentError',
        code: 'GRAPH_NOT_REGISTERED',
      });
    });
  });

  describe('transition', () => {
    test('gives the outcome, which outcome and history have too', async () => {
      const id = await draft();
      const request = { to: 'SUBMITTED', expectedState: 'DRAFT', reason: 'done', metadata: { by: 'rail' } };
      const outcome = await as('grace').transition(id, { requestId: 'submit 1', ...request });
      expect(outcome).toEqual({
        status: 'applied',
        requestId: 'submit 1',
        sequence: 2,
        previousState: 'DRAFT',
        newState: 'SUBMITTED',
        transitionedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      });
      expect(await as('ada').outcome(id, 'submit 1')).toEqual(outcome);
      const [, row] = await as('ada').history(id);
      expect(row).toEqual({
        sequence: 2,
        requestId: 'submit 1',
        previousState: 'DRAFT',
        newState: 'SUBMITTED',
        reason: 'done',
        actor: 'grace',
        metadata: { by: 'rail' },
        transitionedAt: expect.any(Date) as Date,
        createdAt: expect.any(Date) as Date,
        kind: 'transition',
        graphVersion: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
      expect(row?.transitionedAt.toISOString()).toBe(
        outcome.status === 'applied' ? new Date(outcome.transitionedAt).toISOString() : '',
      );
    });

    test.each([
      ['ILLEGAL_TRANSITION', { to: 'PAID' }],
      ['ALREADY_IN_STATE', { to: 'DRAFT' }],
      ['UNKNOWN_STATE', { to: 'NOWHERE' }],
      ['STATE_CONFLICT', { to: 'SUBMITTED', expectedState: 'APPROVED' }],
      ['STATE_CONFLICT', { to: 'SUBMITTED', expectedSequence: 7 }],
    ])('gives the rejection %s, which is no error', async (code, request) => {
      const id = await draft();
      const outcome = await as('ada').transition(id, request);
      expect(outcome).toMatchObject({ status: 'rejected', code, state: 'DRAFT' });
      expect(await as('ada').outcome(id, outcome.requestId)).toEqual(outcome);
    });

    test('is applied at the sequence that it expects', async () => {
      const id = await draft();
      expect(await as('ada').transition(id, { to: 'SUBMITTED', expectedSequence: 1 })).toMatchObject({
        sequence: 2,
      });
    });

    test('sent again with its request id gives the first outcome', async () => {
      const id = await draft();
      const first = await as('ada').transition(id, { to: 'SUBMITTED', requestId: 'r' });
      expect(await as('grace').transition(id, { to: 'DRAFT', requestId: 'r' })).toEqual(first);
      expect(await as('ada').history(id)).toHaveLength(2);
    });

    test('with the id of a vote is an error', async () => {
      const id = await submitted();
      await as('bob').approve(id, { to: 'APPROVED', role: 'supervisor', requestId: 'v' });
      await expect(as('ada').transition(id, { to: 'REFUSED', requestId: 'v' })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    });

    test.each([
      ['to', { to: '' }],
      ['expectedState', { to: 'SUBMITTED', expectedState: 'x'.repeat(200) }],
      ['requestId', { to: 'SUBMITTED', requestId: 'x'.repeat(200) }],
      ['metadata', { to: 'SUBMITTED', metadata: { a: 'x'.repeat(20_000) } }],
    ])('with a wrong %s is refused by its name', async (field, request) => {
      await expect(as('ada').transition(randomUUID(), request)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`${field}: `) as string,
      });
    });
  });

  test('requestTransition sends it, and outcome has what became of it', async () => {
    const id = await draft();
    expect(await as('ada').requestTransition(id, { to: 'SUBMITTED', requestId: 'r' })).toEqual({
      requestId: 'r',
    });
    await eventually(async () =>
      expect(await as('ada').outcome(id, 'r')).toMatchObject({ status: 'applied', newState: 'SUBMITTED' }),
    );
    expect(await as('ada').outcome(id, 'another')).toBeUndefined();
  });

  test('approve votes, and the last vote moves the intent', async () => {
    const id = await submitted();
    const first = await as('bob').approve(id, { to: 'APPROVED', role: 'supervisor', reason: 'fair' });
    expect(first).toMatchObject({ status: 'voted', to: 'APPROVED', votes: 1, needed: 2, state: 'SUBMITTED' });
    expect((await as('ada').describe(id)).approvals).toMatchObject([
      { to: 'APPROVED', missing: 1, votes: [{ actor: 'bob', role: 'supervisor', reason: 'fair' }] },
    ]);
    const again = await as('bob').approve(id, { to: 'APPROVED', role: 'administration' });
    expect(again).toMatchObject({ status: 'rejected', code: 'VOTE_REFUSED' });
    const second = await as('grace').approve(id, { to: 'APPROVED', role: 'administration' });
    expect(second).toMatchObject({ status: 'applied', newState: 'APPROVED', sequence: 3 });
  });

  test('pause and resume stop the clocks, and let them go on', async () => {
    const id = await draft();
    expect(await as('ada').pause(id, { reason: 'holidays' })).toMatchObject({ status: 'applied' });
    expect(await as('ada').describe(id)).toMatchObject({ paused: true });
    expect(await as('ada').resume(id)).toMatchObject({ status: 'applied' });
    expect(await as('ada').describe(id)).toMatchObject({ paused: false });
    expect((await as('ada').history(id)).map(({ kind }) => kind)).toEqual(['transition', 'pause', 'resume']);
  });

  test('force moves it past the edges, also out of its end', async () => {
    const id = await draft();
    expect(await as('grace').force(id, { to: 'PAID', reason: 'ticket 4711' })).toMatchObject({
      newState: 'PAID',
    });
    await as('ada').waitForState(id, 'PAID');
    const ended = await as('ada').transition(id, { to: 'DRAFT' });
    expect(ended).toMatchObject({ status: 'rejected', code: 'TERMINAL_STATE', state: 'PAID' });
    expect(await as('ada').requestTransition(id, { to: 'DRAFT', requestId: 'late' })).toMatchObject({
      requestId: 'late',
      outcome: { status: 'rejected', code: 'TERMINAL_STATE' },
    });
    const reopened = await as('grace').force(id, { to: 'DRAFT', reason: 'too early', reopen: true });
    expect(reopened).toMatchObject({ status: 'applied', newState: 'DRAFT' });
    expect((await as('ada').history(id)).map(({ kind, actor }) => [kind, actor])).toEqual([
      ['transition', 'ada'],
      ['force', 'grace'],
      ['reopen', 'grace'],
    ]);
  });

  test('migrate moves it to another version of its graph', async () => {
    const id = await draft();
    expect(await as('ada').migrate(id, { graph: 'claim@2' })).toMatchObject({ status: 'applied' });
    expect(await as('ada').describe(id)).toMatchObject({ graph: 'claim@2', state: 'DRAFT' });
    expect(await as('ada').migrate(id, { graph: 'claim@3' })).toMatchObject({ code: 'UNKNOWN_GRAPH' });
  });

  test('cancel ends it', async () => {
    const { id } = await as('ada').create();
    const refused = await as('ada').cancel(id, { expectedState: 'ICP_PENDING' });
    expect(refused).toMatchObject({ status: 'rejected', code: 'STATE_CONFLICT', state: 'CREATED' });
    const outcome = await as('grace').cancel(id, { reason: 'ordered twice' });
    expect(outcome).toMatchObject({ status: 'applied', newState: 'CANCELLED' });
    expect((await as('ada').history(id)).at(-1)).toMatchObject({
      actor: 'grace',
      kind: 'cancellation',
      reason: 'ordered twice',
    });
    expect(await as('ada').describe(id)).toMatchObject({ terminal: true, progress: 1 });
  });

  describe('an intent that does not exist', () => {
    const id = randomUUID();

    test('is not described or moved: INTENT_NOT_FOUND', async () => {
      const error = { name: 'IntentError', code: 'INTENT_NOT_FOUND' };
      await expect(as('ada').describe(id)).rejects.toMatchObject(error);
      await expect(as('ada').transition(id, { to: 'SUBMITTED' })).rejects.toMatchObject(error);
      await expect(as('ada').requestTransition(id, { to: 'SUBMITTED' })).rejects.toMatchObject(error);
    });

    test('has no history', async () => {
      expect(await as('ada').history(id)).toEqual([]);
    });

    test('reaches no state: STATE_TIMEOUT', async () => {
      await expect(as('ada').waitForState(id, 'DRAFT', { timeoutMs: 1_000 })).rejects.toMatchObject({
        code: 'STATE_TIMEOUT',
        message: expect.stringMatching(/no such intent\.$/) as string,
      });
    });
  });

  test('waitForState gives up with STATE_TIMEOUT, and says where the intent is', async () => {
    const id = await submitted();
    const moved = as('ada').waitForState(id, (state) => state !== 'SUBMITTED', { timeoutMs: 30_000 });
    await expect(as('ada').waitForState(id, 'PAID', { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'STATE_TIMEOUT',
      message: expect.stringContaining('it is in SUBMITTED.') as string,
    });
    await as('ada').transition(id, { to: 'DRAFT' });
    expect(await moved).toMatchObject({ id, organizationId: ORGANIZATION, state: 'DRAFT', sequence: 3 });
  });

  test.each(['x', randomUUID().toUpperCase()])('the intent id %s is refused', async (id) => {
    const error = { code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^intentId: /) as string };
    await expect(as('ada').describe(id)).rejects.toMatchObject(error);
    await expect(as('ada').cancel(id)).rejects.toMatchObject(error);
    await expect(as('ada').history(id)).rejects.toMatchObject(error);
  });
}
