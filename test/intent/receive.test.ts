import {
  CANCELLATION_REQUEST_ID,
  CREATION_REQUEST_ID,
  LIMITS,
  receive,
  receiveCancellation,
  type Decision,
  type Intent,
} from '../../src/intent';
import { AT, newIntent } from './new-intent';

const send = (intent: Intent, payload: unknown, refusal?: { code: 'LIMIT_REACHED'; message: string }) =>
  receive(intent, payload, { at: AT, refusal });

test('an applied request moves the intent, and the decision holds all that was said', () => {
  const intent = newIntent();
  const said = { actor: 'ada', reason: 'ready', metadata: { ticket: 17 } };
  expect(send(intent, { requestId: 'r1', to: 'TRIAGED', ...said })).toEqual({
    status: 'applied',
    sequence: 2,
    graphVersion: 3,
    requestId: 'r1',
    previousState: 'OPEN',
    newState: 'TRIAGED',
    transitionedAt: AT,
    ...said,
  });
  expect(intent).toMatchObject({ state: 'TRIAGED', sequence: 2, rejections: 0, received: 1 });
});

test('occurredAt is the time of an applied transition', () => {
  const decision = send(newIntent(), { requestId: 'r', to: 'TRIAGED', occurredAt: '2001-02-03T04:05:06Z' });
  expect(decision).toMatchObject({ transitionedAt: '2001-02-03T04:05:06.000Z' });
});

test('a rejected request moves nothing, and the decision holds what was asked', () => {
  const intent = newIntent();
  expect(send(intent, { requestId: 'r1', to: 'DONE', actor: 'ada', metadata: { a: 1 } })).toEqual({
    status: 'rejected',
    number: 1,
    requestId: 'r1',
    code: 'ILLEGAL_TRANSITION',
    message: 'OPEN does not lead to DONE; it leads to TRIAGED, CLOSED.',
    state: 'OPEN',
    rejectedAt: AT,
    requestedState: 'DONE',
    actor: 'ada',
  });
  expect(intent).toMatchObject({ state: 'OPEN', sequence: 1, rejections: 1 });
});

test('a decision is plain JSON', () => {
  const intent = newIntent();
  for (const payload of [{ requestId: 'a', to: 'TRIAGED' }, { requestId: 'b', to: 'X' }, null]) {
    const decision = send(intent, payload);
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  }
});

test.each([
  ['applied', { requestId: 'r1', to: 'TRIAGED' }],
  ['rejected', { requestId: 'r1', to: 'DONE' }],
  ['malformed', { requestId: 'r1' }],
])('the id of an %s request is decided once, whatever comes with it later', (_name, first) => {
  const intent = newIntent();
  expect(send(intent, first)).toBeDefined();
  const { state, sequence, rejections } = intent;
  for (const payload of [first, { requestId: 'r1', to: 'CLOSED' }, { requestId: 'r1', to: 5 }]) {
    expect(send(intent, payload)).toBeUndefined();
  }
  expect(intent).toMatchObject({ state, sequence, rejections, received: 4 });
});

test('nobody takes the id of the creation, or that of a cancellation', () => {
  const intent = newIntent();
  for (const requestId of [CREATION_REQUEST_ID, CANCELLATION_REQUEST_ID]) {
    expect(send(intent, { requestId, to: 'TRIAGED' })).toMatchObject({ code: 'INVALID_REQUEST' });
  }
  expect(receiveCancellation(intent, { at: AT })).toMatchObject({ requestId: CANCELLATION_REQUEST_ID });
});

test('malformed requests without an id are numbered by their arrival', () => {
  const intent = newIntent();
  const ids = [null, { requestId: 'r', to: 'TRIAGED' }, 'nonsense', {}].map(
    (payload) => send(intent, payload)?.requestId,
  );
  expect(ids).toEqual(['invalid:1', 'r', 'invalid:3', 'invalid:4']);
  expect(intent).toMatchObject({ rejections: 3, received: 4 });
});

test('a malformed request asks for no state, and its code is INVALID_REQUEST', () => {
  expect(send(newIntent(), { requestId: 'r1', to: 7 })).toEqual({
    status: 'rejected',
    number: 1,
    requestId: 'r1',
    code: 'INVALID_REQUEST',
    message: expect.stringMatching(/^to: /) as string,
    state: 'OPEN',
    rejectedAt: AT,
  });
});

test('a refusal rejects whatever is asked, but ids that are known keep their outcome', () => {
  const intent = newIntent();
  send(intent, { requestId: 'known', to: 'TRIAGED' });
  const refusal = { code: 'LIMIT_REACHED', message: 'later' } as const;
  expect(send(intent, { requestId: 'r1', to: 'WORKING' }, refusal)).toMatchObject(refusal);
  expect(send(intent, { requestId: 'known', to: 'WORKING' }, refusal)).toBeUndefined();
  expect(intent.state).toBe('TRIAGED');
});

test('the message of a rejection is bounded however many ways lead on', () => {
  const ends = Array.from({ length: 200 }, (_, index) => `${'E'.repeat(50)}_${index}`);
  const intent = newIntent({
    name: 'wide',
    version: 1,
    steps: [{ key: 'only', label: 'Only', states: ['START', 'SECOND'] }],
    transitions: { START: ['SECOND', ...ends.slice(1)], SECOND: ends },
    terminal: ends,
  });
  const decision = send(intent, { requestId: 'r', to: ends[0] });
  expect(decision).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  expect((decision as Decision & { message: string }).message).toHaveLength(LIMITS.messageLength);
});

test('an intent whose memory is full may only end', () => {
  const intent = newIntent();
  const go = (requestId: string, to: string) => send(intent, { requestId, to });
  go('triage', 'TRIAGED');
  go('work', 'WORKING');
  for (let index = 0; !intent.outcomes.full; index += 1) go(`${'i'.repeat(120)}${index}`, 'WORKING');
  const { sequence } = intent;

  expect(go('one-more', 'WORKING')).toMatchObject({
    code: 'LIMIT_REACHED',
    message: `The intent has made ${sequence} transitions, as many as it can remember; it can only end.`,
  });
  expect(go('wrong', 'OPEN')).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  expect(intent.sequence).toBe(sequence);
  expect(go('end', 'DONE')).toMatchObject({ status: 'applied', sequence: sequence + 1 });
});
