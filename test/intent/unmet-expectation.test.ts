import { contentIntentGraph, type Graph } from '../../src/graph';
import { receive, receiveGraph, type Decision, type Intent } from '../../src/intent';
import { claimGraph } from '../setup/claim-graph';
import { AT, newIntent } from './new-intent';

const nextGraph: Graph = { ...contentIntentGraph, version: 2 };

/** A request of each kind that an intent in this state takes. */
const requests: Record<string, { graph: Graph; more?: Partial<Intent>; said: object }> = {
  transition: { graph: contentIntentGraph, said: { to: 'ICP_PENDING' } },
  approve: {
    graph: claimGraph({ count: 1 }),
    more: { state: 'SUBMITTED' },
    said: { to: 'APPROVED', actor: 'bob', role: 'supervisor' },
  },
  cancel: { graph: contentIntentGraph, said: {} },
  pause: { graph: contentIntentGraph, said: {} },
  resume: { graph: contentIntentGraph, more: { paused: true }, said: {} },
  force: {
    graph: contentIntentGraph,
    said: { to: 'PUBLISH_PENDING', actor: 'ada', reason: 'ticket 4711', scope: 'admin' },
  },
  migrate: { graph: contentIntentGraph, said: { graph: 'content-intent@2' } },
};

/** Also a request to migrate is judged by it: the version that it names is there at once. */
function send(intent: Intent, payload: { requestId: string; [said: string]: unknown }): Decision | undefined {
  const loaded = { graph: nextGraph };
  return (
    receive(intent, payload, { at: AT }) ??
    receiveGraph(intent, { requestId: payload.requestId, loaded }, { at: AT })
  );
}

describe.each(Object.keys(requests))('a request to %s', (kind) => {
  const { graph, more, said } = requests[kind] ?? { graph: contentIntentGraph, said: {} };
  const atSeven = (): Intent => ({ ...newIntent(graph), sequence: 7, ...more });
  const request = (expected: object) => ({ kind, requestId: 'r1', ...said, ...expected });

  test.each([6, 8])(
    'that expects sequence %i is STATE_CONFLICT at 7, and moves nothing',
    (expectedSequence) => {
      const intent = atSeven();
      expect(send(intent, request({ expectedSequence }))).toMatchObject({
        status: 'rejected',
        code: 'STATE_CONFLICT',
        message: `The intent is at sequence 7, not at the expected ${expectedSequence}.`,
        state: intent.state,
      });
      expect(intent).toMatchObject({ sequence: 7, rejections: 1 });
    },
  );

  test('that expects the right one is applied, with nothing more in its decision', () => {
    const expected = send(atSeven(), request({}));
    expect(expected).toMatchObject({ status: 'applied', sequence: 8 });
    expect(send(atSeven(), request({ expectedSequence: 7 }))).toEqual(expected);
  });

  test('that expects another state and another sequence is told of the state', () => {
    const conflict = send(atSeven(), request({ expectedState: 'ICP_FAILED', expectedSequence: 6 }));
    expect(conflict).toMatchObject({
      code: 'STATE_CONFLICT',
      message: expect.stringMatching(/not in the expected ICP_FAILED\.$/) as string,
    });
  });

  test('keeps its first outcome, whatever is expected when it is repeated', () => {
    const intent = atSeven();
    expect(send(intent, request({ expectedSequence: 6 }))).toMatchObject({ code: 'STATE_CONFLICT' });
    expect(send(intent, request({ expectedSequence: 7 }))).toBeUndefined();
    expect(send(intent, request({}))).toBeUndefined();
    expect(intent).toMatchObject({ sequence: 7, rejections: 1 });
  });

  test.each([0, -1, 1.5, 2_147_483_648, '7', null, true, [7]])(
    'that expects %j is INVALID_REQUEST',
    (expectedSequence) => {
      expect(send(atSeven(), request({ expectedSequence }))).toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringMatching(/^expectedSequence: /) as string,
      });
    },
  );
});

const at = (expectedSequence: number) => ({ requestId: `at ${expectedSequence}`, expectedSequence });

test('the state may be the same as before where the sequence is not', () => {
  const intent = { ...newIntent(), state: 'WORKING' };
  const again = { to: 'WORKING', expectedState: 'WORKING' };
  expect(send(intent, { ...again, ...at(1) })).toMatchObject({ status: 'applied', sequence: 2 });
  expect(send(intent, { ...again, ...at(1), requestId: 'late' })).toMatchObject({ code: 'STATE_CONFLICT' });
  expect(send(intent, { ...again, ...at(2) })).toMatchObject({ status: 'applied', sequence: 3 });
});

test('rejections and votes leave the sequence as it is, a pause does not', () => {
  const intent = { ...newIntent(claimGraph()), state: 'SUBMITTED' };
  const vote = { kind: 'approve', to: 'APPROVED', actor: 'bob', role: 'supervisor', ...at(1) };
  expect(send(intent, { ...vote, requestId: 'v', role: 'nobody' })).toMatchObject({ code: 'VOTE_REFUSED' });
  expect(send(intent, vote)).toMatchObject({ status: 'voted' });
  expect(send(intent, { ...at(1), requestId: 'p', kind: 'pause' })).toMatchObject({ sequence: 2 });
  expect(send(intent, { ...vote, requestId: 'w', actor: 'cleo', role: 'administration' })).toMatchObject({
    code: 'STATE_CONFLICT',
  });
});

test('the largest sequence that Postgres holds is one', () => {
  const intent = { ...newIntent(), sequence: 2_147_483_646 };
  expect(send(intent, { to: 'TRIAGED', ...at(2_147_483_647) })).toMatchObject({
    code: 'STATE_CONFLICT',
  });
});

test('a migration is judged by how the intent is when its version is there', () => {
  const intent = newIntent(contentIntentGraph);
  const migrate = { kind: 'migrate', graph: 'content-intent@2', ...at(1) };
  expect(receive(intent, migrate, { at: AT })).toBeUndefined();
  receive(intent, { requestId: 'faster', to: 'ICP_PENDING' }, { at: AT });
  const loaded = { graph: nextGraph };
  expect(receiveGraph(intent, { requestId: 'at 1', loaded }, { at: AT })).toMatchObject({
    code: 'STATE_CONFLICT',
    message: 'The intent is at sequence 2, not at the expected 1.',
  });
});

test('an intent that has ended answers TERMINAL_STATE, also where the sequence is another one', () => {
  const intent = { ...newIntent(contentIntentGraph), state: 'COMPLETED' };
  expect(send(intent, { to: 'ICP_PENDING', ...at(8) })).toMatchObject({ code: 'TERMINAL_STATE' });
  const reopen = { kind: 'force', to: 'ICP_PENDING', actor: 'a', reason: 'r', scope: 'admin', reopen: true };
  expect(send(intent, { ...reopen, ...at(9) })).toMatchObject({ code: 'STATE_CONFLICT' });
  expect(send(intent, { ...reopen, ...at(1) })).toMatchObject({ status: 'applied', kind: 'reopen' });
});
