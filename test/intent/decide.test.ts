import { contentIntentGraph } from '../../src/graph';
import { decide, type IntentRequest } from '../../src/intent';
import { AT, newIntent } from './new-intent';

const request = (to: string, expectedState?: string): IntentRequest => ({
  kind: 'transition',
  requestId: 'r1',
  to,
  ...(expectedState !== undefined && { expectedState }),
});

const inTicket = (state: string, to: string, expectedState?: string) =>
  decide({ ...newIntent(), state }, request(to, expectedState), AT);

test('an edge of the graph is applied', () => {
  expect(inTicket('OPEN', 'TRIAGED')).toEqual({ status: 'applied', newState: 'TRIAGED' });
});

test('a self edge is applied where the graph declares it', () => {
  expect(inTicket('WORKING', 'WORKING')).toEqual({ status: 'applied', newState: 'WORKING' });
});

test('the current state without a self edge is ALREADY_IN_STATE', () => {
  expect(inTicket('OPEN', 'OPEN')).toEqual({
    status: 'rejected',
    code: 'ALREADY_IN_STATE',
    message: 'The intent is in OPEN already.',
  });
});

test('a state without an edge to it is ILLEGAL_TRANSITION, and the message says what is legal', () => {
  expect(inTicket('OPEN', 'WORKING')).toEqual({
    status: 'rejected',
    code: 'ILLEGAL_TRANSITION',
    message: 'OPEN does not lead to WORKING; it leads to TRIAGED, CLOSED.',
  });
});

test('a state that the graph does not have is UNKNOWN_STATE', () => {
  expect(inTicket('OPEN', 'NOWHERE')).toEqual({
    status: 'rejected',
    code: 'UNKNOWN_STATE',
    message: 'The graph ticket@3 has no state NOWHERE.',
  });
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a name that every object has, %s, is no state',
  (name) => {
    expect(inTicket('OPEN', name)).toMatchObject({ code: 'UNKNOWN_STATE' });
  },
);

test('another expectedState is STATE_CONFLICT, even where the edge exists', () => {
  expect(inTicket('TRIAGED', 'WORKING', 'OPEN')).toEqual({
    status: 'rejected',
    code: 'STATE_CONFLICT',
    message: 'The intent is in TRIAGED, not in the expected OPEN.',
  });
});

test('the right expectedState changes nothing', () => {
  expect(inTicket('TRIAGED', 'WORKING', 'TRIAGED')).toEqual({ status: 'applied', newState: 'WORKING' });
});

test.each(['OPEN', 'DONE', 'NOWHERE'])('an ended intent answers TERMINAL_STATE, asked for %s', (to) => {
  expect(inTicket('DONE', to)).toEqual({
    status: 'rejected',
    code: 'TERMINAL_STATE',
    message: 'The intent has ended in DONE; nothing moves it any more.',
  });
});

test('every pair of states of content-intent is judged as its edges say', () => {
  const { steps, terminal, transitions } = contentIntentGraph;
  const open = steps.flatMap(({ states }) => states);
  for (const state of open) {
    for (const to of [...open, ...terminal]) {
      const legal = transitions[state]?.includes(to) === true;
      expect(decide({ ...newIntent(contentIntentGraph), state }, request(to), AT).status).toBe(
        legal ? 'applied' : 'rejected',
      );
    }
  }
});
