import { initialState, type Graph } from '../../src/graph';
import {
  decide,
  decideMigration,
  describeIntent,
  receive,
  receiveGraph,
  receiveMove,
  type Intent,
  type LoadedGraph,
  type MigrateRequest,
} from '../../src/intent';
import { AT, newIntent, ticketGraph } from './new-intent';

/** Of ticket@3: the state WORKING has gone, a step came between. */
const nextGraph: Graph = {
  name: 'ticket',
  version: 4,
  steps: [
    { key: 'intake', label: 'Intake', states: ['OPEN', 'TRIAGED'] },
    { key: 'check', label: 'Check', states: ['CHECKING'] },
    { key: 'work', label: 'Work', states: ['STARTED', 'REVIEWED'] },
  ],
  transitions: {
    OPEN: ['TRIAGED'],
    TRIAGED: ['CHECKING'],
    CHECKING: ['STARTED'],
    STARTED: ['REVIEWED'],
    REVIEWED: ['DONE'],
  },
  terminal: ['DONE'],
};

const request = (more: Partial<MigrateRequest> = {}): MigrateRequest => ({
  kind: 'migrate',
  requestId: 'm1',
  graph: 'ticket@4',
  ...more,
});
const inState = (state: string, more: Partial<Intent> = {}): Intent => ({ ...newIntent(), state, ...more });
const judged = (
  state: string,
  more: Partial<MigrateRequest> = {},
  loaded: LoadedGraph = { graph: nextGraph },
) => decideMigration(inState(state), request(more), loaded);

describe('when the version is there', () => {
  test('an intent stays in a state that it has too', () => {
    expect(judged('TRIAGED')).toEqual({
      status: 'applied',
      newState: 'TRIAGED',
      kind: 'migration',
      graph: nextGraph,
    });
  });

  test('it goes on where the map says if the version lacks its state', () => {
    expect(judged('WORKING', { map: { WORKING: 'STARTED' } })).toMatchObject({ newState: 'STARTED' });
  });

  test('the map of other states does not matter', () => {
    expect(judged('OPEN', { map: { WORKING: 'STARTED' } })).toMatchObject({ newState: 'OPEN' });
  });

  test.each<[string, string, Partial<MigrateRequest>, string, RegExp]>([
    ['without a state to go on in', 'WORKING', {}, 'UNKNOWN_STATE', /has no state WORKING; `map` may say/],
    [
      'to a state that there is not',
      'WORKING',
      { map: { WORKING: 'GONE' } },
      'UNKNOWN_STATE',
      /no state GONE/,
    ],
    ['from a state that there was not', 'OPEN', { map: { WROKING: 'STARTED' } }, 'UNKNOWN_STATE', /WROKING/],
    ['to a terminal state', 'WORKING', { map: { WORKING: 'DONE' } }, 'INVALID_REQUEST', /ends no intent/],
    [
      'away from a state that it has',
      'OPEN',
      { map: { OPEN: 'TRIAGED' } },
      'INVALID_REQUEST',
      /leaves an intent there/,
    ],
    ['of another graph', 'OPEN', { graph: 'order@4' }, 'INVALID_REQUEST', /another version of ticket/],
    ['to its own version', 'OPEN', { graph: 'ticket@3' }, 'ALREADY_IN_STATE', /follows ticket@3 already/],
    ['from another state than expected', 'OPEN', { expectedState: 'TRIAGED' }, 'STATE_CONFLICT', /in OPEN/],
    ['of an intent that has ended', 'CLOSED', {}, 'TERMINAL_STATE', /has ended in CLOSED/],
  ])('a migration %s is refused', (_how, state, more, code, message) => {
    expect(judged(state, more)).toMatchObject({
      status: 'rejected',
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test('a state that has become terminal is not gone to', () => {
    const graph: Graph = { ...nextGraph, terminal: ['DONE', 'WORKING'] };
    expect(judged('WORKING', {}, { graph })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  test('a version that is not registered is UNKNOWN_GRAPH', () => {
    expect(judged('OPEN', {}, { problem: 'ticket@4 is not registered.' })).toEqual({
      status: 'rejected',
      code: 'UNKNOWN_GRAPH',
      message: 'graph: ticket@4 is not registered.',
    });
  });

  test.each(['constructor', '__proto__', 'toString'])(
    'the map has no state %s unless it says so',
    (state) => {
      const graph: Graph = {
        ...ticketGraph,
        steps: [{ key: 'k', label: 'K', states: [state] }],
        transitions: {},
      };
      const intent = inState(state, { graph });
      expect(decideMigration(intent, request(), { graph: nextGraph })).toMatchObject({
        code: 'UNKNOWN_STATE',
      });
    },
  );
});

describe('without it', () => {
  test('what is wrong at once is refused at once, anything else waits', () => {
    const codeOf = (more: Partial<MigrateRequest>) => decide(inState('OPEN'), request(more), AT);
    expect(codeOf({ graph: 'order@4' })).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(codeOf({ graph: 'ticket@3' })).toMatchObject({ code: 'ALREADY_IN_STATE' });
    expect(codeOf({})).toEqual({ status: 'deferred', request: request() });
  });
});

describe('received', () => {
  const waiting = (state = 'OPEN', payload: object = request()) => {
    const intent = inState(state);
    expect(receive(intent, payload, { at: AT })).toBeUndefined();
    return intent;
  };
  const arrived = (intent: Intent, requestId = 'm1') =>
    receiveGraph(intent, { requestId, loaded: { graph: nextGraph } }, { at: AT });

  test('the decision says of which kind it is and by which version the intent goes on', () => {
    const intent = waiting('OPEN', {
      ...request(),
      actor: 'ada',
      reason: 'a step came between',
      metadata: { n: 1 },
    });
    expect(arrived(intent)).toEqual({
      status: 'applied',
      kind: 'migration',
      sequence: 2,
      requestId: 'm1',
      previousState: 'OPEN',
      newState: 'OPEN',
      transitionedAt: AT,
      graphVersion: 4,
      actor: 'ada',
      reason: 'a step came between',
      metadata: { n: 1 },
    });
    expect(intent).toMatchObject({ sequence: 2, graphSince: 2, entry: 1, migration: undefined });
    const recorded = { recordedSequence: 2, auditHash: null, quarantined: null };
    expect(describeIntent(intent, recorded)).toMatchObject({ graph: 'ticket@4', nextStates: ['TRIAGED'] });
    expect(receive(intent, { requestId: 'r', to: 'CLOSED' }, { at: AT })).toMatchObject({
      code: 'UNKNOWN_STATE',
    });
    expect(receive(intent, { requestId: 's', to: 'TRIAGED' }, { at: AT })).toMatchObject({ graphVersion: 4 });
  });

  test('a mapped state is a new stay, the same state is none', () => {
    const mapped = waiting('WORKING', request({ map: { WORKING: 'STARTED' } }));
    arrived(mapped);
    expect(mapped).toMatchObject({ state: 'STARTED', entry: 2 });
    const move = { kind: 'work', entry: 1, to: 'TRIAGED' } as const;
    expect(receiveMove(mapped, move, { at: AT })).toBeUndefined();
    const same = waiting('OPEN');
    arrived(same);
    expect(receiveMove(same, move, { at: AT })).toMatchObject({ sequence: 3, graphVersion: 4 });
  });

  test('requests that come while it waits are judged by the version of then', () => {
    const intent = waiting('TRIAGED');
    expect(receive(intent, { requestId: 'r', to: 'WORKING' }, { at: AT })).toMatchObject({ graphVersion: 3 });
    expect(arrived(intent)).toMatchObject({ code: 'UNKNOWN_STATE', state: 'WORKING' });
  });

  test('an intent that ends while it waits answers TERMINAL_STATE', () => {
    const intent = waiting();
    receive(intent, { requestId: 'r', to: 'CLOSED' }, { at: AT });
    expect(arrived(intent)).toMatchObject({ requestId: 'm1', code: 'TERMINAL_STATE' });
  });

  test('its id is taken while it waits, and later', () => {
    const intent = waiting();
    expect(receive(intent, request({ map: { OPEN: 'TRIAGED' } }), { at: AT })).toBeUndefined();
    expect(receive(intent, { requestId: 'm1', to: 'TRIAGED' }, { at: AT })).toBeUndefined();
    expect(arrived(intent)).toMatchObject({ status: 'applied' });
    expect(receive(intent, request(), { at: AT })).toBeUndefined();
    expect(arrived(intent)).toBeUndefined();
    expect(intent).toMatchObject({ sequence: 2, rejections: 0 });
  });

  test('one waits at a time', () => {
    const intent = waiting();
    expect(receive(intent, request({ requestId: 'm2' }), { at: AT })).toMatchObject({
      code: 'LIMIT_REACHED',
    });
    expect(arrived(intent, 'm2')).toBeUndefined();
    expect(arrived(intent)).toMatchObject({ requestId: 'm1', status: 'applied' });
  });

  test('whatever keeps an intent from requests keeps it from this one, then and before', () => {
    const refusal = { code: 'QUARANTINED', message: 'no' } as const;
    expect(receive(newIntent(), request(), { at: AT, refusal })).toMatchObject({ code: 'QUARANTINED' });
    const intent = waiting();
    const loaded = { graph: nextGraph };
    expect(receiveGraph(intent, { requestId: 'm1', loaded }, { at: AT, refusal })).toMatchObject({
      requestId: 'm1',
      code: 'QUARANTINED',
    });
    expect(intent).toMatchObject({ graph: ticketGraph, migration: undefined });
  });

  test.each([
    [{ graph: 'ticket' }, /graph: must name a version/],
    [{ graph: 'Ticket@x' }, /graph: .* is not a graph reference/],
    [{ graph: undefined }, /graph: /],
    [{ map: { OPEN: 1 } }, /map\.OPEN/],
    [{ map: { OPEN: 'X'.repeat(200) } }, /map\.OPEN/],
    [{ map: ['OPEN'] }, /map: /],
    [{ to: 'OPEN' }, /to/],
  ])('%j is INVALID_REQUEST at once', (more, message) => {
    const decision = receive(newIntent(), { ...request(), ...more }, { at: AT });
    expect(decision).toMatchObject({
      requestId: 'm1',
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(message) as string,
    });
  });

  test('a map is bounded', () => {
    const map = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`${'S'.repeat(60)}${n}`, 'STARTED']),
    );
    expect(receive(newIntent(), request({ map }), { at: AT })).toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'map: must be at most 16384 bytes as JSON',
    });
  });

  test('what the version can’t undo is forgotten', () => {
    const undo = { activity: 'free', taskQueue: 'q' };
    const graph: Graph = { ...nextGraph, undo: { TRIAGED: undo } };
    const intent = inState('TRIAGED', { undoable: ['OPEN', 'TRIAGED'] });
    receive(intent, request(), { at: AT });
    receiveGraph(intent, { requestId: 'm1', loaded: { graph } }, { at: AT });
    expect(intent.undoable).toEqual(['TRIAGED']);
  });

  test('decisions are plain JSON, and so is what waits', () => {
    const intent = waiting('WORKING', request({ map: { WORKING: 'STARTED' } }));
    expect(JSON.parse(JSON.stringify(intent.migration))).toEqual(intent.migration);
    const decision = arrived(intent);
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
    expect(initialState(intent.graph)).toBe('OPEN');
  });
});
