import type { ApprovalRule, Graph, GuardRule } from '../../src/graph';
import { describeIntent, jsonBytes, LIMITS, receive, receiveExpiry, type Intent } from '../../src/intent';
import { AT, newIntent } from './new-intent';

const rule: ApprovalRule = {
  from: 'SUBMITTED',
  to: 'APPROVED',
  count: 2,
  roles: ['administration', 'budget owner', 'supervisor'],
};

/** A claim that is submitted by ada, and approved by two of three roles. */
function claimGraph(approval: Partial<ApprovalRule> = {}, guards: GuardRule[] = []): Graph {
  return {
    name: 'claim',
    version: 4,
    steps: [
      { key: 'draft', label: 'Draft', states: ['DRAFT'] },
      { key: 'review', label: 'Review', states: ['SUBMITTED'] },
      { key: 'payment', label: 'Payment', states: ['APPROVED'] },
    ],
    transitions: {
      DRAFT: ['SUBMITTED'],
      SUBMITTED: ['APPROVED', 'DRAFT', 'REFUSED'],
      APPROVED: ['PAID'],
    },
    terminal: ['PAID', 'REFUSED'],
    approvals: [{ ...rule, ...approval }],
    ...(guards.length > 0 && { guards }),
  };
}

function submitted(approval: Partial<ApprovalRule> = {}, guards: GuardRule[] = []): Intent {
  const intent = { ...newIntent(claimGraph(approval, guards)), createdBy: 'grace' };
  receive(intent, { requestId: 'submit', to: 'SUBMITTED', actor: 'ada' }, { at: AT });
  return intent;
}

let made = 0;
const vote = (intent: Intent, actor: string, role: string, said: object = {}) =>
  receive(
    intent,
    { kind: 'approve', requestId: `v${(made += 1)}`, to: 'APPROVED', actor, role, ...said },
    { at: AT },
  );

describe('votes', () => {
  test('that are fewer than the edge needs are counted, and move nothing', () => {
    const intent = submitted();
    expect(vote(intent, 'bob', 'supervisor', { requestId: 'b', reason: 'fine' })).toEqual({
      status: 'voted',
      requestId: 'b',
      vote: {
        ...{ number: 1, kind: 'cast', requestId: 'b', entry: 2, graphVersion: 4 },
        ...{ fromState: 'SUBMITTED', toState: 'APPROVED', votedAt: AT, votes: 1, needed: 2 },
        ...{ role: 'supervisor', actor: 'bob', reason: 'fine' },
      },
    });
    expect(intent).toMatchObject({ state: 'SUBMITTED', sequence: 2, votes: 1 });
    expect(intent.outcomes.find('b', { sequence: 2, rejections: 0, votes: 0 })).toBeUndefined();
    expect(intent.outcomes.find('b', { sequence: 2, rejections: 0, votes: 1 })).toEqual({
      ...{ status: 'voted', requestId: 'b', to: 'APPROVED', votes: 1, needed: 2, state: 'SUBMITTED' },
    });
  });

  test('move the intent with the last one that the edge needs, and stand in the row of the transition', () => {
    const intent = submitted();
    vote(intent, 'bob', 'supervisor', { requestId: 'b', reason: 'fine' });
    const metadata = { desk: 7 };
    const moved = vote(intent, 'cleo', 'administration', { requestId: 'c', metadata });
    expect(moved).toMatchObject({
      ...{ status: 'applied', kind: 'approval', sequence: 3, requestId: 'c', newState: 'APPROVED' },
      actor: 'cleo',
      vote: { number: 2, actor: 'cleo', metadata, votes: 2, needed: 2 },
      metadata: {
        desk: 7,
        votes: [
          { number: 1, actor: 'bob', role: 'supervisor', reason: 'fine', votedAt: AT, requestId: 'b' },
          { number: 2, actor: 'cleo', role: 'administration', votedAt: AT, requestId: 'c' },
        ],
      },
    });
    expect(intent).toMatchObject({ state: 'APPROVED', votes: 2, openVotes: [], enteredBy: 'cleo' });
  });

  test('count for the stay in which they were cast only', () => {
    const intent = submitted();
    vote(intent, 'bob', 'supervisor');
    receive(intent, { requestId: 'back', to: 'DRAFT' }, { at: AT });
    receive(intent, { requestId: 'again', to: 'SUBMITTED', actor: 'ada' }, { at: AT });
    expect(vote(intent, 'bob', 'supervisor')).toMatchObject({
      vote: { number: 2, entry: 4, votes: 1 },
    });
  });

  test('stay where the clocks are stopped and go on', () => {
    const intent = submitted();
    vote(intent, 'bob', 'supervisor');
    receive(intent, { kind: 'pause', requestId: 'p' }, { at: AT });
    receive(intent, { kind: 'resume', requestId: 'r' }, { at: AT });
    expect(vote(intent, 'cleo', 'supervisor')).toMatchObject({ status: 'applied', vote: { entry: 2 } });
  });

  test('keep their first outcome when they are sent again', () => {
    const intent = submitted();
    vote(intent, 'bob', 'supervisor', { requestId: 'b' });
    expect(vote(intent, 'cleo', 'supervisor', { requestId: 'b' })).toBeUndefined();
    expect(intent.openVotes).toHaveLength(1);
  });
});

test('a transition along the edge is APPROVAL_REQUIRED, and told what is missing', () => {
  const intent = submitted({ distinctRoles: true });
  vote(intent, 'bob', 'supervisor');
  expect(receive(intent, { requestId: 't', to: 'APPROVED', actor: 'eve' }, { at: AT })).toMatchObject({
    code: 'APPROVAL_REQUIRED',
    message:
      'SUBMITTED leads to APPROVED by votes: 1 of 2 missing, by administration, budget owner. ' +
      'Send requests of the kind `approve`.',
  });
  expect(receive(intent, { requestId: 'back', to: 'DRAFT' }, { at: AT })).toMatchObject({
    status: 'applied',
  });
});

describe('VOTE_REFUSED', () => {
  const refused = (decision: unknown, message: string) =>
    expect(decision).toMatchObject({ status: 'rejected', code: 'VOTE_REFUSED', message });

  test('an edge that needs no votes', () => {
    refused(
      vote(submitted(), 'bob', 'supervisor', { to: 'DRAFT' }),
      'SUBMITTED leads to DRAFT without votes; request the transition itself.',
    );
  });

  test('a role that is not asked', () => {
    refused(
      vote(submitted(), 'bob', 'intern'),
      'SUBMITTED → APPROVED is voted on by administration, budget owner, supervisor, not by intern.',
    );
  });

  test('a missing reason, where each vote needs one', () => {
    const intent = submitted({ reason: true });
    refused(vote(intent, 'bob', 'supervisor'), 'SUBMITTED → APPROVED takes votes with a reason only.');
    expect(vote(intent, 'bob', 'supervisor', { reason: 'checked' })).toMatchObject({ status: 'voted' });
  });

  test('who created the intent, who brought it there, and who votes in their name', () => {
    const intent = submitted({ delegation: true });
    refused(
      vote(intent, 'grace', 'supervisor'),
      'grace created the intent, so somebody else has to approve.',
    );
    refused(
      vote(intent, 'ada', 'supervisor'),
      'ada brought the intent to SUBMITTED, so somebody else has to approve.',
    );
    refused(
      vote(intent, 'bob', 'supervisor', { onBehalfOf: 'ada' }),
      'ada brought the intent to SUBMITTED, so somebody else has to approve.',
    );
    const own = submitted({ selfApproval: true });
    expect(vote(own, 'ada', 'supervisor')).toMatchObject({ status: 'voted' });
    expect(vote(own, 'grace', 'supervisor')).toMatchObject({ status: 'applied' });
  });

  test('a person twice, whoever holds the pen', () => {
    const intent = submitted({ delegation: true, count: 3 });
    vote(intent, 'bob', 'supervisor', { onBehalfOf: 'cleo' });
    for (const [actor, said] of [
      ['bob', {}],
      ['cleo', {}],
      ['dan', { onBehalfOf: 'cleo' }],
      ['bob', { onBehalfOf: 'dan' }],
    ] as const) {
      const name = actor === 'dan' ? 'cleo' : actor;
      refused(
        vote(intent, actor, 'administration', said),
        `${name} has voted for SUBMITTED → APPROVED already.`,
      );
    }
    expect(vote(intent, 'dan', 'supervisor')).toMatchObject({ status: 'voted' });
  });

  test('a role twice, where each counts once', () => {
    const intent = submitted({ distinctRoles: true });
    vote(intent, 'bob', 'supervisor');
    refused(
      vote(intent, 'cleo', 'supervisor'),
      'supervisor has voted for SUBMITTED → APPROVED already; each role counts once.',
    );
    expect(vote(intent, 'cleo', 'budget owner')).toMatchObject({ status: 'applied' });
  });

  test('a vote for somebody else, where the graph does not allow it', () => {
    refused(
      vote(submitted(), 'bob', 'supervisor', { onBehalfOf: 'cleo' }),
      'SUBMITTED → APPROVED takes no votes on behalf of somebody else.',
    );
  });
});

test.each([
  ['UNKNOWN_STATE', { to: 'NOWHERE' }],
  ['ILLEGAL_TRANSITION', { to: 'PAID' }],
  ['STATE_CONFLICT', { expectedState: 'DRAFT' }],
  ['INVALID_REQUEST', { role: '' }],
])('a vote is %s where a transition would be', (code, said) => {
  expect(vote(submitted(), 'bob', 'supervisor', said)).toMatchObject({ code });
});

test('guards are judged with the vote that completes, which is not counted where they refuse', () => {
  const guard = {
    name: 'signed',
    because: 'It has to be signed.',
    to: 'APPROVED',
    when: "request.metadata.signed == true && request.actor != ''",
  };
  const intent = submitted({}, [guard]);
  expect(vote(intent, 'bob', 'supervisor')).toMatchObject({ status: 'voted' });
  expect(vote(intent, 'cleo', 'supervisor', { metadata: { signed: false } })).toMatchObject({
    code: 'GUARD_REFUSED',
  });
  expect(intent).toMatchObject({ votes: 1, state: 'SUBMITTED' });
  expect(vote(intent, 'cleo', 'supervisor', { metadata: { signed: true } })).toMatchObject({
    status: 'applied',
    vote: { number: 2 },
  });
});

describe('a vote that expires', () => {
  test('counts from its decision on, and no longer once that is said', () => {
    const intent = submitted({ expireAfter: 'P30D' });
    vote(intent, 'bob', 'supervisor');
    expect(intent.openVotes).toMatchObject([{ number: 1, expiresAt: '2026-03-31T12:00:00.000Z' }]);
    expect(receiveExpiry(intent, 1, { at: AT })).toMatchObject({
      status: 'voted',
      requestId: 'engine:expiry:1',
      vote: { number: 2, kind: 'expired', expires: 1, entry: 2, role: 'supervisor', votes: 0, needed: 2 },
    });
    expect(intent).toMatchObject({ votes: 2, openVotes: [] });
    expect(receiveExpiry(intent, 1, { at: AT })).toBeUndefined();
    // The same person may vote again.
    expect(vote(intent, 'bob', 'supervisor')).toMatchObject({ vote: { number: 3, votes: 1 } });
  });

  test('is not judged by the clock: it counts until the timer says otherwise', () => {
    const intent = submitted({ expireAfter: 'PT1S' });
    vote(intent, 'bob', 'supervisor');
    const later = { at: '2030-01-01T00:00:00.000Z' };
    expect(
      receive(
        intent,
        { kind: 'approve', requestId: 'late', to: 'APPROVED', actor: 'cleo', role: 'supervisor' },
        later,
      ),
    ).toMatchObject({ status: 'applied' });
  });
});

describe('an intent counts a bounded number of votes', () => {
  test('by their number', () => {
    const intent = submitted({ count: 100 });
    intent.openVotes = Array.from({ length: LIMITS.votes }, (_, index) => ({
      ...{ number: index + 1, to: 'ELSEWHERE', actor: `a${index}`, role: 'supervisor' },
      ...{ votedAt: AT, requestId: `r${index}` },
    }));
    expect(vote(intent, 'bob', 'supervisor')).toMatchObject({ code: 'LIMIT_REACHED' });
  });

  test('by their size, and the row of the transition holds them all', () => {
    const intent = submitted({ count: 100 });
    const reason = 'r'.repeat(LIMITS.reasonLength);
    let decision = vote(intent, 'a0', 'supervisor', { reason });
    for (let index = 1; decision?.status === 'voted'; index += 1) {
      expect(decision.vote.reason).toBe(reason);
      decision = vote(intent, `a${index}`, 'supervisor', { reason });
    }
    expect(decision).toMatchObject({ code: 'LIMIT_REACHED' });
    const full = intent.openVotes.length;
    expect(full).toBeGreaterThan(30);
    // The same votes complete an edge that needs no more.
    intent.openVotes = intent.openVotes.slice(1);
    const exact = { ...intent, graph: claimGraph({ count: full }) };
    const moved = vote(exact, 'zed', 'supervisor', { metadata: { filler: 'x'.repeat(16_000) } });
    expect(moved).toMatchObject({ status: 'applied', metadata: { votes: { length: full } } });
    expect(jsonBytes(moved?.status === 'applied' && moved.metadata)).toBeLessThanOrEqual(
      LIMITS.metadataBytes,
    );
  });
});

test('a description says which votes count, and what is missing', () => {
  const intent = submitted({ distinctRoles: true });
  vote(intent, 'bob', 'supervisor', { requestId: 'b' });
  const recorded = { recordedSequence: 2, auditHash: null, quarantined: null };
  expect(describeIntent(intent, recorded).approvals).toEqual([
    {
      to: 'APPROVED',
      needed: 2,
      votes: [{ number: 1, actor: 'bob', role: 'supervisor', votedAt: AT, requestId: 'b' }],
      missing: 1,
      roles: ['administration', 'budget owner'],
    },
  ]);
});
